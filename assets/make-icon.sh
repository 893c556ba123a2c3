#!/usr/bin/env bash
# Draws icon.png, 128 by 128 on a transparent ground, from icon.svg, on a canvas of a headless Chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
size=${1:-128} to=${2:-icon.png}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/page.html" <<PAGE
<body><script>
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = $size;
    canvas.getContext("2d").drawImage(picture, 0, 0, $size, $size);
    document.body.textContent = canvas.toDataURL("image/png");
  };
  picture.src = "data:image/svg+xml;base64,$(base64 -w 0 icon.svg)";
</script>
PAGE
"$chromium" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync \
  --user-data-dir="$work/profile" --virtual-time-budget=5000 --dump-dom "file://$work/page.html" 2>/dev/null |
  sed -n 's/.*data:image\/png;base64,\([A-Za-z0-9+\/=]*\).*/\1/p' | base64 -d >"$to"
test -s "$to"
