// Ticker: twenty channels of mode latest. Prices come faster than anyone reads, so drawing follows the eye, not the wire.
import { byTestId, element } from './element.js';

const POINTS = 120;
const WRITE_MS = 250;
const PLOT_MS = 400;
const RATE_MS = 2000;
const FLASH_MS = 700;
const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

export async function startTicker(line, panel) {
  const symbols = await (await fetch('/demo/symbols')).json();
  const tiles = symbols.map((symbol) => new Tile(symbol));
  byTestId('ticker-tiles').replaceChildren(...tiles.map((tile) => tile.root));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) tiles.find((tile) => tile.root === entry.target).visible = entry.isIntersecting;
  });
  const rate = new Rate(byTestId('ticker-rate'));
  const jumps = new Jumps(line, panel, tiles.length);
  const subs = {};
  for (const tile of tiles) {
    seen.observe(tile.root);
    const channel = `ticker:${tile.symbol}`;
    subs[channel] = line.subscribe(channel, {
      onState(event) {
        if (event.state !== 'subscribed') return;
        if (event.wasRecovering) jumps.one(event.recovered);
        subs[channel].history({ limit: POINTS, reverse: true }).then(
          ({ publications }) => tile.fill(publications.reverse().map(({ data }) => data)),
          () => {}, // the line was lost meanwhile; the next subscribe asks again
        );
      },
      onPublication({ data }) {
        rate.count();
        panel.pulse();
        tile.price(data);
      },
    });
  }
  const whenSeen = (task) => () => document.visibilityState === 'visible' && task();
  setInterval(whenSeen(() => tiles.forEach((tile) => tile.write())), WRITE_MS);
  // One chart at a time, so that twenty of them never hold up what arrives meanwhile.
  let next = 0;
  setInterval(whenSeen(() => tiles[next++ % tiles.length].plot()), PLOT_MS / tiles.length);
  dark.addEventListener('change', () => tiles.forEach((tile) => tile.recolour()));
  return subs;
}

/** After a redial, one line in the log for all tickers. */
class Jumps {
  #panel;
  #all;
  #count = 0;
  #recovered = 0;

  constructor(line, panel, all) {
    this.#panel = panel;
    this.#all = all;
    line.on('state', () => (this.#count = this.#recovered = 0));
  }

  one(recovered) {
    if (recovered) this.#recovered++;
    if (++this.#count < this.#all) return;
    const anew = this.#all - this.#recovered;
    const what = anew ? `${anew} of their logs began anew` : 'each jumped to its newest price';
    this.#panel.tell('cursor', `${this.#all} tickers: cursors handed back, ${what}`);
  }
}

class Rate {
  #place;
  #count = 0;

  constructor(place) {
    this.#place = place;
    setInterval(() => {
      this.#place.textContent = Math.round((this.#count * 1000) / RATE_MS);
      this.#count = 0;
    }, RATE_MS);
  }

  count() {
    this.#count++;
  }
}

class Tile {
  symbol;
  visible = false;
  root;
  #price = element('output', { className: 'price', data: { testid: 'ticker-price' }, textContent: '–', ariaLive: 'off' });
  #change = element('span', { className: 'change' });
  #canvas = element('canvas', { ariaHidden: 'true' });
  #points = [];
  #drawn = null;
  #chart = null;
  /** Whether the price moved since it was written, and since it was plotted. */
  #moved = false;
  #stale = false;

  constructor(symbol) {
    this.symbol = symbol;
    this.root = element(
      'li',
      { className: 'tile', data: { testid: 'ticker-tile', symbol } },
      element('span', { className: 'symbol', textContent: symbol }),
      this.#change,
      this.#price,
      element('div', { className: 'spark' }, this.#canvas),
    );
  }

  /** The past, as the log has it; what came meanwhile and is newer stays. */
  fill(past) {
    const newest = past.at(-1)?.at ?? 0;
    this.#points = [...past.map(point), ...this.#points.filter(({ x }) => x > newest)].slice(-POINTS);
    this.#moved = this.#stale = true;
  }

  price(data) {
    this.#points.push(point(data));
    if (this.#points.length > POINTS) this.#points.shift();
    this.#moved = this.#stale = true;
  }

  /** Writes the price. */
  write() {
    if (!this.#moved || !this.#points.length) return;
    this.#moved = false;
    const now = this.#points.at(-1).y;
    const first = this.#points[0].y;
    const percent = ((now - first) / first) * 100;
    const direction = now >= first ? 'up' : 'down';
    this.#price.textContent = now.toFixed(2);
    this.#change.textContent = `${direction === 'up' ? '▲' : '▼'} ${Math.abs(percent).toFixed(2)} %`;
    if (this.#drawn !== null && now !== this.#drawn) this.#flash(now > this.#drawn ? 'up' : 'down');
    this.#drawn = now;
    if (this.root.dataset.direction !== direction) {
      this.root.dataset.direction = direction;
      this.recolour();
    }
  }

  /** The colours changed. */
  recolour() {
    if (!this.#chart) return;
    this.#chart.data.datasets[0].borderColor = this.#trend();
    this.#stale = true;
  }

  #flash(direction) {
    if (still.matches || !this.visible) return;
    this.#price.animate([{ backgroundColor: `var(--${direction}-soft)` }, {}], { duration: FLASH_MS, easing: 'ease-out' });
  }

  #trend() {
    return getComputedStyle(this.root).getPropertyValue('--trend').trim();
  }

  /** Plots the chart, where somebody can see it. */
  plot() {
    if (!this.#stale || !this.visible || !this.#points.length || !window.Chart) return;
    this.#stale = false;
    if (this.#chart) {
      this.#chart.data.datasets[0].data = this.#points;
      return this.#chart.update('none');
    }
    this.#chart = new window.Chart(this.#canvas, {
      type: 'line',
      data: { datasets: [{ data: this.#points, borderColor: this.#trend(), borderWidth: 1.5, pointRadius: 0, tension: 0.25 }] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        events: [],
        responsive: true,
        maintainAspectRatio: false,
        layout: { padding: 3 },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: { x: { type: 'linear', display: false, bounds: 'data' }, y: { display: false, bounds: 'data' } },
      },
    });
  }
}

const point = ({ at, p }) => ({ x: at, y: p });
