namespace Rewt.Tests.Dashboard;

/// <summary>Provides scripts that search a page for faults in the browser. Each returns a list of faults.</summary>
internal static class PageScripts
{
    /// <summary>Finds visible text whose contrast to the nearest background is below 4.5 : 1 (WCAG 2.2, 1.4.3).</summary>
    public const string Contrast =
        """
        () => {
          const parse = (color) => color.match(/[\d.]+/g).map(Number);
          const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
          const behind = (node) => {
            for (let at = node; at; at = at.parentElement) {
              const color = parse(getComputedStyle(at).backgroundColor);
              if (color.length === 3 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const weak = [];
          for (const node of document.querySelectorAll('body *')) {
            const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
            if (!own || !node.checkVisibility() || node.classList.contains('nowtext') || node.closest('noscript')) continue;
            const style = getComputedStyle(node), text = parse(node.namespaceURI.endsWith('svg') ? style.fill : style.color);
            const [a, b] = [light(text), light(behind(node))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) weak.push(`${node.tagName}.${node.className.baseVal ?? node.className} "${node.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
          }
          return weak;
        }
        """;

    /// <summary>Finds controls, images, tables and regions without an accessible name.</summary>
    public const string WithoutName =
        """
        () => [...document.querySelectorAll('button, a, svg[role=img], table, section, [role=region]')]
          .filter((node) => !node.closest('dialog') && !(node.textContent.trim() && ['BUTTON', 'A'].includes(node.tagName)) && !node.getAttribute('aria-label') && !node.getAttribute('aria-labelledby'))
          .map((node) => node.outerHTML.slice(0, 80))
        """;
}
