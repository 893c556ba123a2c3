// Names from Redis (services, instances, keys) are only ever set as text, never as markup: this file uses no innerHTML.
'use strict';
(() => {
  const base = new URL('.', document.currentScript.src);
  const $ = (id) => document.getElementById(id);
  const SVG = 'http://www.w3.org/2000/svg';
  const WINDOW = 900000, FEW = 8, PATIENCE = 20000;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const rings = new Map();
  let view = null, receivedAt = 0, announced = 0, isBusy = false;

  const setText = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const setState = (node, state) => { if (node.dataset.state !== state) node.dataset.state = state; };
  const svg = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const element = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const short = (id) => (id.length > 10 ? id.slice(0, 8) + '…' : id);
  const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value === 0 ? '0' : value.toFixed(2));
  const sum = (counts) => Object.values(counts || {}).reduce((all, one) => all + one, 0);
  const span = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min' + (s < 600 && s % 60 ? ' ' + (s % 60) + ' s' : '');
    if (s < 172800) return Math.floor(s / 3600) + ' h' + (Math.floor(s / 60) % 60 ? ' ' + (Math.floor(s / 60) % 60) + ' min' : '');
    return Math.round(s / 86400) + ' days';
  };
  const clock = (ms) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
  // While the stream is interrupted, displayed times stop instead of running ahead of the data.
  const passed = () => Math.min(performance.now() - receivedAt, 3000);

  // ---- the ring as a timeline ----

  function shown(ring, room) {
    const now = ring.view.now, keys = ring.view.keys;
    const recent = (key) => key.state !== 'revoked' || (key.from !== null && now - key.from < scale(ring.view).past);
    const order = { current: 0, pending: 1, revoked: 2, retired: 3 };
    return keys.filter(recent).sort((a, b) => order[a.state] - order[b.state] || (b.from || 0) - (a.from || 0)).slice(0, room)
      .map((key) => ({ key, start: started(ring, key) }))
      .sort((a, b) => (a.key.state === 'pending') - (b.key.state === 'pending') || (a.start ?? -1) - (b.start ?? -1));
  }

  function scale(v) {
    const past = Math.max(1.2 * v.interval, Math.min(v.retention, 11 * v.interval));
    return { past, future: Math.max(1.5 * v.interval, past * 0.3) };
  }

  // Returns when a key began to sign, or for a pending key when it was published: as observed by this page, otherwise when the previous key retired.
  function started(ring, key) {
    if (key.state === 'current' || key.state === 'pending') return key.from;
    const seen = ring.signedFrom.get(key.id);
    if (seen !== undefined || key.state === 'revoked' || ring.view.kind !== 'shared-secret') return seen ?? key.from;
    const ends = ring.view.keys.filter((other) => other.state === 'retired' && other.from !== null && other.from < key.from - 20).map((other) => other.from);
    return ends.length ? Math.max(...ends) : key.from - ring.view.interval;
  }

  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000].map((s) => s * 1000);
  const relative = (ms) => (ms < 0 ? '−' : '+') + span(Math.abs(ms));

  function drawTimeline(ring) {
    const chart = ring.timeline, v = ring.view, width = chart.clientWidth;
    if (!width || v.now === null) return;
    const narrow = width < 560, gutter = narrow ? 84 : 176, row = 24, top = 26;
    const lines = shown(ring, narrow ? 9 : 13), now = v.now + passed(), { past, future } = scale(v);
    const x = (t) => gutter + ((t - now + past) / (past + future)) * (width - gutter);
    const clip = (t) => Math.max(gutter, Math.min(width, x(t)));
    const bottom = top + lines.length * row + 4, current = v.keys.find((key) => key.state === 'current' && key.isOwn);
    const parts = [], hatch = 'hatch-' + ring.number;
    const pattern = svg('pattern', { id: hatch, width: 7, height: 7, patternUnits: 'userSpaceOnUse' });
    pattern.append(svg('path', { class: 'hatch', d: 'M-1 8L8 -1' }));
    const defs = svg('defs', {});
    defs.append(pattern);
    parts.push(defs);

    const step = STEPS.find((s) => (past + future) / s <= (width - gutter) / (narrow ? 64 : 84)) || STEPS[STEPS.length - 1];
    for (let t = Math.ceil(-past / step) * step; t <= future; t += step) {
      const at = x(now + t);
      parts.push(svg('line', { class: 'axis', x1: at, x2: at, y1: 18, y2: bottom }));
      if (t !== 0 && Math.abs(at - x(now)) > 52 && at < width - 22 && at > gutter + 16) parts.push(svg('text', { x: at, y: 12, 'text-anchor': 'middle' }, relative(t)));
    }

    const bar = (kind, from, to, y, more) => {
      const a = clip(from), b = clip(to);
      if (b - a < 0.5) return;
      parts.push(svg('rect', { class: 'bar ' + kind, x: a, y: y + 5, width: b - a, height: row - 10, rx: Math.min(3, (b - a) / 2) }));
      if (more) parts.push(svg('rect', { fill: `url(#${hatch})`, x: a, y: y + 5, width: b - a, height: row - 10 }));
    };
    lines.forEach(({ key, start }, index) => {
      const y = top + index * row, far = now + future * 2;
      parts.push(svg('text', { class: 'kid', x: 0, y: y + 16 }, short(key.id)));
      if (!narrow) parts.push(svg('text', { x: 88, y: y + 16 }, key.service ? (key.service.length > 12 ? key.service.slice(0, 11) + '…' : key.service) : key.state));
      if (key.state === 'pending') bar('pending', start ?? now, Math.min(far, (current?.until ?? now) + v.interval), y);
      if (key.state === 'current') bar('current', start ?? now - past * 2, key.until ?? now, y);
      if (key.state === 'retired') {
        bar('signed', start ?? key.from, key.from ?? now, y);
        bar('retired', key.from ?? start ?? now - past * 2, key.until ?? far, y, true);
      }
      if (key.state === 'revoked' && key.from !== null) {
        const at = x(key.from), middle = y + row / 2;
        if (start !== null && start < key.from) bar('gone', start, key.from, y);
        if (at < gutter + 6) return;
        parts.push(svg('path', { class: 'deadline', d: `M${at + 8} ${middle}H${width}` }));
        parts.push(svg('path', { class: 'cross', d: `M${at - 4} ${middle - 4}l8 8m0 -8l-8 8` }));
      }
    });

    const at = Math.round(x(now)) + 0.5;
    parts.push(svg('line', { class: 'nowline', x1: at, x2: at, y1: 16, y2: bottom }));
    parts.push(svg('rect', { class: 'nowtag', x: at - 18, y: 0, width: 36, height: 17, rx: 8.5 }), svg('text', { class: 'nowtext', x: at, y: 12.5, 'text-anchor': 'middle' }, 'now'));
    chart.setAttribute('viewBox', `0 0 ${width} ${bottom}`);
    chart.setAttribute('height', bottom);
    chart.replaceChildren(...parts);
  }

  // ---- tables ----

  // Row elements are reused, so that focus and scroll position survive an update.
  function rows(body, items, id, make, fill) {
    const known = body.known || (body.known = new Map());
    const wanted = new Set(items.map(id));
    for (const [name, row] of known) {
      if (wanted.has(name)) continue;
      if (row.contains(document.activeElement)) $('main').focus();
      row.remove();
      known.delete(name);
    }
    let previous = null;
    for (const item of items) {
      let row = known.get(id(item));
      if (!row) known.set(id(item), (row = make(item)));
      fill(row, item);
      const place = previous ? previous.nextSibling : body.firstChild;
      if (place !== row) {
        const held = row.contains(document.activeElement) ? document.activeElement : null;
        body.insertBefore(row, place);
        held?.focus({ preventScroll: true });
      }
      previous = row;
    }
  }

  function keyRow(ring, key) {
    const row = element('tr');
    const id = element('td', 'id'), copy = element('button', 'copy', key.id);
    copy.type = 'button';
    copy.title = 'Copy this key id';
    copy.addEventListener('click', () => copyId(copy, key.id));
    id.append(copy);
    if (key.service) id.append(element('small', '', key.service + (key.isOwn ? ' (this instance)' : '')), element('small', 'certificate'));
    const state = element('td');
    state.append(element('span', 'state'));
    row.append(id, state, element('td'), element('td'), element('td'));
    return row;
  }

  // Without access to the clipboard, as on a page without TLS, the id is selected instead.
  async function copyId(button, id) {
    try {
      await navigator.clipboard.writeText(id);
      setText($('announce'), `Copied ${id}.`);
    } catch {
      getSelection().selectAllChildren(button);
    }
  }

  function fillKey(ring, row, key, now) {
    const [, state, since, until, action] = row.children;
    setState(state.firstChild, key.state);
    setText(state.firstChild, key.state);
    setText(since, key.from === null ? '' : span(now - key.from) + ' ago');
    since.title = key.from === null ? '' : clock(key.from);
    setText(until, key.until === null ? (key.state === 'pending' ? 'signs next' : '') : key.until < now ? (key.state === 'current' ? 'due' : 'expired') : 'in ' + span(key.until - now));
    until.title = key.until === null ? '' : clock(key.until);
    const certificate = row.querySelector('.certificate');
    if (certificate) setText(certificate, (key.certificate ?? '') + (key.certificateUntil === null ? '' : ', valid until ' + clock(key.certificateUntil)));
    let button = action.firstChild;
    if (key.state === 'revoked' || !ring.view.canChange) {
      if (button && button === document.activeElement) $('main').focus();
      button?.remove();
    } else if (!button) {
      button = element('button', 'revoke', 'Revoke…');
      button.type = 'button';
      button.setAttribute('aria-label', `Revoke the key ${key.id}…`);
      button.setAttribute('aria-disabled', String(isBusy));
      button.addEventListener('click', () => alone(() => revoke(ring, key.id, button)));
      action.append(button);
    }
  }

  const ORDER = { current: 0, pending: 1, retired: 2, revoked: 3 };

  function fewKeys(ring) {
    const keys = ring.view.keys.slice().sort((a, b) => ORDER[a.state] - ORDER[b.state]);
    if (ring.all || keys.length <= FEW + 1) return keys;
    const revoked = keys.filter((key) => key.state === 'revoked').slice(0, 3);
    const others = keys.filter((key) => key.state !== 'revoked').slice(0, FEW - revoked.length);
    return [...others, ...revoked];
  }

  function fillInstance(row, instance, now) {
    const [, version, seen] = row.children;
    const word = version.firstChild;
    if (instance.isBehind === null) word.removeAttribute('data-state');
    else setState(word, instance.isBehind ? 'behind' : 'upto');
    setText(word, 'version ' + instance.version + (instance.isBehind ? ', behind' : ''));
    setText(seen, span(now - instance.seenAt) + ' ago');
  }

  function instanceRow(instance) {
    const row = element('tr'), name = element('td', 'id', instance.name), version = element('td');
    if (instance.isThis) name.append(element('small', '', 'this instance'));
    version.append(element('span', instance.isBehind === null ? '' : 'state'));
    row.append(name, version, element('td'));
    return row;
  }

  function openRing(v, index) {
    const node = $('ring').content.firstElementChild.cloneNode(true), find = (selector) => node.querySelector(selector);
    const ring = { node, number: index, view: v, signedFrom: new Map(), states: new Map(), all: false, timeline: find('.timeline'), keys: find('.keys tbody'), instances: find('.instances tbody') };
    const title = find('h2');
    title.id = 'ring-title-' + index;
    find('.ringproblem').id = 'ring-problem-' + index;
    node.setAttribute('aria-labelledby', title.id);
    find('.ns').textContent = v.namespace;
    find('.keys').setAttribute('aria-label', 'Keys of ' + v.namespace);
    find('.instances').setAttribute('aria-label', 'Instances of ' + v.namespace);
    node.querySelectorAll('.scroll').forEach((box, n) => box.setAttribute('aria-label', (n ? 'Instances of ' : 'Keys of ') + v.namespace));
    find('.rotate').setAttribute('aria-disabled', String(isBusy));
    find('.rotate').addEventListener('click', () => alone(() => rotate(ring, find('.rotate'))));
    find('.more').addEventListener('click', () => { ring.all = !ring.all; fillRing(ring); });
    $('rings').append(node);
    return ring;
  }

  const KINDS = { 'shared-secret': 'one shared secret', 'key-pairs': 'one key pair per instance', 'configured-keys': 'configured keys', tenants: 'one shared secret, from which keys of tenants are derived', unknown: 'not read yet' };

  function fillRing(ring) {
    const v = ring.view, find = (selector) => ring.node.querySelector(selector), now = v.now === null ? 0 : v.now + passed();
    const contact = v.contactAge === null ? '' : `, read ${span(v.contactAge + passed())} ago`;
    setText(find('.summary'), KINDS[v.kind] + (v.kind === 'shared-secret' ? `, version ${v.version}${v.changedBy ? `, last changed by ${v.changedBy}` : ''}` : '') + contact);
    find('.rotate').hidden = !v.canChange;
    setText(find('.rotate'), v.kind === 'key-pairs' ? 'Rotate this instance’s key…' : 'Rotate now…');
    find('.ringproblem').hidden = !v.problem;
    setText(find('.ringproblem'), v.problem || '');
    find('figure').hidden = v.keys.length === 0;
    find('.tables').hidden = v.now === null;
    for (const key of v.keys) {
      // The start of another process's key pair is not published. The page knows it only if it observed the change of state.
      if (key.state === 'current' && key.from === null && ring.states.has(key.id)) key.from = ring.signedFrom.get(key.id) ?? (ring.states.get(key.id) === 'pending' ? v.now : null);
      if (key.state === 'current' && key.from !== null) ring.signedFrom.set(key.id, key.from);
      ring.states.set(key.id, key.state);
    }

    const few = fewKeys(ring), more = find('.more');
    rows(ring.keys, few, (key) => key.id + ' ' + (key.service || ''), (key) => keyRow(ring, key), (row, key) => fillKey(ring, row, key, now));
    more.hidden = v.keys.length <= FEW + 1;
    more.setAttribute('aria-expanded', String(ring.all));
    setText(more, ring.all ? 'Show fewer keys' : `Show all ${v.keys.length} keys`);
    setText(find('.keycount'), v.keyCount > v.keys.length ? `${v.keys.length} of ${v.keyCount}` : String(v.keyCount));

    rows(ring.instances, v.instances, (instance) => instance.name, instanceRow, (row, instance) => fillInstance(row, instance, now));
    setText(find('.instancecount'), v.instanceCount === null ? '' : v.instanceCount > v.instances.length ? `${v.instances.length} of ${v.instanceCount}` : String(v.instanceCount));
    setText(find('.note'), v.instancesProblem || (v.instanceCount === null ? 'The list of instances is not available.' : v.kind === 'key-pairs' ? 'Only instances that sign. Each instance counts versions on its own.' : ''));
    const current = v.keys.find((key) => key.state === 'current' && key.isOwn);
    ring.timeline.setAttribute('aria-label', `Timeline of the keys, which the table below lists: ${v.keys.filter((key) => key.state !== 'revoked').length} can verify now or later, ${v.keys.filter((key) => key.state === 'revoked').length} are revoked. `
      + (current ? `The key ${short(current.id)} signs${current.until === null ? '' : ' until ' + clock(current.until)}.` : 'No key signs.'));
    announce(ring, current);
    drawTimeline(ring);
  }

  // Announces a new key to screen readers, at most every 15 seconds for a fleet that rotates quickly.
  function announce(ring, current) {
    const id = current ? current.id : null;
    if (ring.current !== undefined && ring.current !== id && performance.now() - announced > 15000) {
      announced = performance.now();
      setText($('announce'), id ? `The key ${short(id)} of ${ring.view.namespace} signs now.` : `No key of ${ring.view.namespace} signs.`);
    }
    ring.current = id;
  }

  // ---- plots ----

  const REASONS = ['stale_key', 'expired', 'not_yet_valid', 'bad_audience', 'wrong_request', 'replayed', 'invalid', 'unavailable'];
  const word = (name) => name.replaceAll('_', ' ');
  const PLOTS = [
    { title: 'Calls accepted', unit: 'per second', series: [['accepted', (t) => t.verified.valid || 0], ['tokens signed', (t) => t.signed]], big: 0 },
    { title: 'Refusals by reason', unit: 'per second', alarm: true, series: REASONS.map((reason) => [word(reason), (t) => t.verified[reason] || 0]) },
    { title: 'Retries by reason', unit: 'per second', series: ['stale_key', 'unexplained'].map((reason) => [word(reason), (t) => t.retries[reason] || 0]) },
    { title: 'Redis, last good contact', unit: 's ago', gauge: true, big: 0, series: [['age of the keys', (_, contactAge) => contactAge / 1000]] },
  ];
  const samples = [];
  let isRecalled = false;

  function openPlots() {
    PLOTS.forEach((plot) => {
      const node = $('plot').content.firstElementChild.cloneNode(true);
      node.querySelector('h3').textContent = plot.title;
      node.querySelector('.unit').textContent = plot.unit;
      node.classList.toggle('alarm', !!plot.alarm);
      plot.chart = node.querySelector('.chart');
      plot.value = node.querySelector('.big');
      plot.items = plot.series.map(([name], index) => {
        const item = element('li'), mark = svg('svg', { viewBox: '0 0 18 8', 'aria-hidden': 'true' });
        mark.append(svg('path', { class: 'k' + (index + 1), d: 'M0 4H18' }));
        item.append(mark, document.createTextNode(name + ' '), element('b', '', '–'));
        node.querySelector('.series').append(item);
        return item.lastChild;
      });
      if (plot.gauge) plot.more = node.querySelector('.series').appendChild(element('li', '', ''));
      $('plots').append(node);
    });
  }

  function sample(at, traffic, contactAge, instance) {
    const last = samples[samples.length - 1];
    if (last && at - last.at < 900) return;
    const values = PLOTS.map((plot) => plot.series.map(([, read]) => read(traffic, contactAge)));
    const rates = values.map((series, p) => series.map((value, s) => (PLOTS[p].gauge ? value : last ? Math.max(0, value - last.values[p][s]) / ((at - last.at) / 1000) : null)));
    samples.push({ at, instance, values, rates });
    while (samples[0].at < at - WINDOW - 10000) samples.shift();
  }

  function sampleView() {
    const last = samples[samples.length - 1];
    if (last && (view.at < last.at - 1000 || view.instance !== last.instance)) {
      samples.length = 0;
      isRecalled = false;
    }
    sample(view.at, view.traffic, Math.max(0, ...view.rings.map((ring) => ring.contactAge ?? 0)), view.instance);
    if (!isRecalled) {
      isRecalled = true;
      recall();
    }
  }

  // The instance records its figures when no page is open too.
  async function recall() {
    try {
      const response = await fetch(new URL('history', base), { credentials: 'same-origin' });
      if (!response.ok) return;
      const { instance, points } = await response.json();
      if (instance !== view.instance) return;
      const live = samples.splice(0);
      for (const point of points) if (!live.length || point.at < live[0].at - 900) sample(point.at, point.traffic, point.contactAge, view.instance);
      for (const one of live) if (!samples.length || one.at > samples[samples.length - 1].at) samples.push(one);
    } catch {
      // Without its history, the page shows what it sees from now on.
    }
  }

  const nice = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((limit) => limit >= value);
  };

  function drawPlot(plot, index) {
    const width = plot.chart.clientWidth, height = 108, foot = 20, left = 30, end = view.at;
    if (!width) return;
    const rates = samples.map((one) => ({ at: one.at, values: one.rates[index] }));
    const peak = Math.max(0, ...rates.flatMap((one) => one.values.filter((value) => value !== null)));
    const limit = nice(Math.max(peak, plot.gauge ? 2 : 1));
    const x = (at) => left + (1 - (end - at) / WINDOW) * (width - left - 2), y = (value) => height - foot - (value / limit) * (height - foot - 14);
    const parts = [0, limit / 2, limit].map((value) => svg('line', { class: 'axis', x1: left, x2: width, y1: y(value), y2: y(value) }));
    for (const [minutes, anchor, label] of [[15, 'start', '−15 min'], [10, 'middle', '−10 min'], [5, 'middle', '−5 min'], [0, 'end', 'now']]) {
      parts.push(svg('text', { x: x(end - minutes * 60000), y: height - 4, 'text-anchor': anchor }, label));
    }
    parts.push(svg('text', { x: left - 6, y: y(limit) + 4, 'text-anchor': 'end' }, String(limit)), svg('text', { x: left - 6, y: y(0) + 3, 'text-anchor': 'end' }, '0'));
    const seen = rates.filter((one) => one.at >= end - WINDOW && one.values[0] !== null);
    plot.series.forEach((_, s) => {
      const points = seen.map((one, n) => `${n && one.at - seen[n - 1].at < 12000 ? 'L' : 'M'}${x(one.at).toFixed(1)} ${y(one.values[s]).toFixed(1)}`).join('');
      if (!points) return;
      if (s === 0 && (plot.big === 0)) parts.push(svg('path', { class: 'area k1', d: `M${x(seen[0].at).toFixed(1)} ${y(0)}${seen.map((one) => `L${x(one.at).toFixed(1)} ${y(one.values[0]).toFixed(1)}`).join('')}L${x(seen[seen.length - 1].at).toFixed(1)} ${y(0)}Z` }));
      if (s === 0 || seen.some((one) => one.values[s] > 0)) parts.push(svg('path', { class: 'k' + (s + 1), d: points }));
    });
    plot.chart.setAttribute('viewBox', `0 0 ${width} ${height}`);
    plot.chart.replaceChildren(...parts);

    const lately = seen.slice(-3), average = (s) => (lately.length ? lately.reduce((all, one) => all + one.values[s], 0) / lately.length : 0);
    const now = plot.series.map((_, s) => (plot.gauge ? (seen.length ? seen[seen.length - 1].values[s] : 0) : average(s)));
    const big = plot.big === 0 ? now[0] : now.reduce((all, one) => all + one, 0);
    setText(plot.value, seen.length ? number(big) : '–');
    plot.items.forEach((item, s) => setText(item, seen.length ? number(now[s]) : '–'));
    plot.items.forEach((item, s) => { item.parentNode.hidden = plot.big === undefined && s > 0 && !samples.some((one) => one.values[index][s] > 0); });
    if (plot.more) {
      const t = view.traffic;
      setText(plot.more, `last read ${t.lastReadMilliseconds === null ? '–' : number(t.lastReadMilliseconds) + ' ms'}; failed reads ${sum(t.refreshErrors)}; stale uses ${t.staleServes}`);
    }
    plot.chart.setAttribute('aria-label', `${plot.title}: ${number(big)} ${plot.unit} now, at most ${number(peak)} in the last 15 minutes.`);
  }

  // ---- commands ----

  // Blocks other commands until this one has ended, so that one confirmation cannot trigger two commands.
  async function alone(command) {
    if (isBusy) return;
    busy(true);
    try {
      await command();
    } finally {
      busy(false);
    }
  }

  // Uses aria-disabled, because 'disabled' would take the focus from the pressed button.
  function busy(state) {
    isBusy = state;
    for (const button of document.querySelectorAll('.rotate, .keys .revoke')) button.setAttribute('aria-disabled', String(state));
  }

  function ask({ title, id, text, steps, action, danger }, opener) {
    const dialog = $('confirm');
    if (dialog.open) return Promise.resolve(false);
    setText($('confirm-title'), title);
    setText($('confirm-key'), id || '');
    $('confirm-key').hidden = !id;
    setText($('confirm-text'), text);
    $('confirm-steps').replaceChildren(...(steps || []).map((step) => element('li', '', step)));
    $('confirm-steps').hidden = !steps;
    setText($('confirm-yes'), action);
    $('confirm-yes').classList.toggle('danger', danger);
    dialog.returnValue = 'cancel';
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener('close', () => {
      (opener.isConnected ? opener : $('main')).focus();
      resolve(dialog.returnValue === 'confirm');
    }, { once: true }));
  }

  function tell(text, state) {
    const note = element('p', 'banner', text);
    setState(note, state);
    const close = element('button', '', 'Dismiss');
    close.type = 'button';
    close.addEventListener('click', () => { $('outcome').replaceChildren(); $('main').focus(); });
    note.append(close);
    $('outcome').replaceChildren(note);
  }

  async function send(command, body) {
    tell(command === 'rotate' ? 'Rotating…' : 'Revoking, and waiting for every instance…', 'warn');
    try {
      const response = await fetch(new URL(command, base), {
        method: 'POST', redirect: 'manual', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', RequestVerificationToken: $('token').value }, body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE),
      });
      const isJson = (response.headers.get('Content-Type') || '').includes('json');
      return { status: response.status, answer: isJson ? await response.json() : { outcome: 'refused', message: response.status === 401 || response.status === 403 || response.status === 0 ? 'You are not allowed to do this, or your session has expired. Reload the page.' : `The command failed with status ${response.status}.` } };
    } catch (error) {
      if (error.name === 'TimeoutError') return { status: 0, answer: { outcome: 'lost', message: `No response within ${PATIENCE / 1000} seconds. The command may have been executed. Check the key ring before you try again.` } };
      return { status: 0, answer: { outcome: 'lost', message: 'The command could not be sent, or its response was lost. Check the key ring before you try again.' } };
    }
  }

  async function rotate(ring, opener) {
    const v = ring.view, now = v.now + passed(), current = v.keys.find((key) => key.state === 'current' && key.isOwn);
    const retired = v.keys.find((key) => key.state === 'retired' && key.isOwn && key.until > now);
    let force = !!retired;
    const pending = v.keys.find((key) => key.state === 'pending' && key.isOwn), own = v.kind === 'key-pairs';
    const text = retired ? `The last rotation is still in its overlap: ${short(retired.id)} verifies for another ${span(retired.until - now)}${own ? '' : ', and a Node service may still sign with it'}.` : 'No call fails.';
    const steps = [
      `${pending ? short(pending.id) : 'A new key'} (pending) signs from now on${own ? ' on this instance; other instances keep their key pairs' : ' on every instance'}.`,
      `${current ? short(current.id) : 'The current key'} (current) stops signing. It verifies for another ${span(v.retention)}, until its last token has expired.`,
      'A new pending key is published for the next rotation.',
    ];
    if (!await ask({ title: `Rotate the key ring ${v.namespace}?`, text, steps, action: force ? 'Rotate anyway' : 'Rotate', danger: false }, opener)) return;
    let { status, answer } = await send('rotate', { ring: v.namespace, force });
    if (answer.outcome === 'overlap') {
      $('outcome').replaceChildren();
      if (!await ask({ title: `Rotate the key ring ${v.namespace} anyway?`, id: answer.keyId, text: answer.message, action: 'Rotate anyway', danger: false }, opener)) return;
      ({ status, answer } = await send('rotate', { ring: v.namespace, force: true }));
    }
    tell(answer.message, status === 200 ? 'good' : 'bad');
  }

  async function revoke(ring, id, opener) {
    const key = ring.view.keys.find((one) => one.id === id);
    const next = key?.state === 'current' ? ' The pending key replaces it immediately, and calls with a token of the revoked key are retried.' : '';
    const text = `The ${key?.state ?? ''} key${key?.service ? ' of ' + key.service : ''} is revoked immediately and permanently. No token that it signed verifies on any instance.${next} This cannot be undone.`;
    if (!await ask({ title: 'Revoke this key?', id, text, action: 'Revoke the key', danger: true }, opener)) return;
    const { status, answer } = await send('revoke', { ring: ring.view.namespace, keyId: id });
    const missing = answer.unconfirmed && answer.unconfirmed.length ? ' Not confirmed: ' + answer.unconfirmed.join(', ') + '.' : '';
    tell(answer.message + missing, status !== 200 ? 'bad' : missing ? 'warn' : 'good');
  }

  // ---- the stream ----

  function connection(state, text) {
    setState($('connection'), state);
    setText($('connection-word'), text);
  }

  // The health leads to the first banner that says why.
  function linkFindings(general) {
    const index = view.rings.findIndex((ring) => ring.problem);
    const target = view.health === 'healthy' ? null : general || (index >= 0 ? 'ring-problem-' + index : null);
    if (target) $('health-word').setAttribute('href', '#' + target);
    else $('health-word').removeAttribute('href');
  }

  function show(next) {
    [view, receivedAt] = [next, performance.now()];
    setText($('service'), view.service ? ' of ' + view.service : '');
    document.title = `Rewt keys${view.service ? ' of ' + view.service : ''}`;
    setText($('instance'), view.instance || ' ');
    setState($('health'), view.health);
    setText($('health-word'), view.health.charAt(0).toUpperCase() + view.health.slice(1));
    const known = view.rings.map((ring) => ring.problem).filter(Boolean);
    let rest = view.health === 'healthy' ? '' : view.healthText || '';
    for (const problem of known) rest = rest.replace(problem, '').trim();
    $('problem').hidden = !rest;
    setText($('problem'), rest);
    linkFindings(rest ? 'problem' : null);
    view.rings.forEach((v, index) => {
      const name = v.namespace + ' ' + index;
      if (!rings.has(name)) rings.set(name, openRing(v, index));
      rings.get(name).view = v;
      fillRing(rings.get(name));
    });
    sampleView();
    PLOTS.forEach(drawPlot);
    connection('open', 'Live');
  }

  async function isSignedOut() {
    try {
      const response = await fetch(new URL('snapshot', base), { redirect: 'manual', credentials: 'same-origin' });
      return response.type === 'opaqueredirect' || response.status === 401 || response.status === 403;
    } catch {
      return false;
    }
  }

  let stream = null, again = 0;

  function leave() {
    clearTimeout(again);
    stream?.close();
    stream = null;
  }

  function follow() {
    leave();
    isRecalled = false;
    const mine = stream = new EventSource(new URL('events', base));
    mine.onmessage = (message) => show(JSON.parse(message.data));
    mine.onerror = async () => {
      if (mine.readyState !== EventSource.CLOSED) return;
      const isOut = await isSignedOut();
      if (mine !== stream) return;
      connection('lost', isOut ? 'Signed out: reload the page' : 'Connection lost, trying again');
      if (!isOut) again = setTimeout(follow, 3000);
    };
  }

  // A browser has six HTTP/1.1 connections per host. Hidden pages close their stream, so that a connection stays free for commands.
  function seen() {
    connection('unknown', document.hidden ? 'Paused while hidden' : 'Connecting');
    if (document.hidden) leave();
    else follow();
  }

  openPlots();
  document.addEventListener('visibilitychange', seen);
  seen();
  let lastDrawn = 0;
  setInterval(() => {
    const silence = performance.now() - receivedAt;
    if (silence > 4000 && $('connection').dataset.state === 'open') connection('lost', 'Connection lost, trying again');
    if (!view || document.hidden || silence > 3500 || performance.now() - lastDrawn < (calm.matches ? 950 : 190)) return;
    lastDrawn = performance.now();
    rings.forEach(drawTimeline);
  }, 200);
  addEventListener('resize', () => { rings.forEach(drawTimeline); if (view) PLOTS.forEach(drawPlot); });
})();
