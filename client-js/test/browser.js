// A browser of many tabs that obeys: what tabs say to each other, to the server and to the lock manager lies in queues, and the
// test says which queue moves next. And a server of logs.
import { Openline } from 'openline';
import { SharedWebSocket } from 'openline/shared';
import { Clock, settled } from './world.js';

/** Queues that keep their own order, and no order among each other. */
class Traffic {
  #queues = new Map();

  post(queue, task) {
    this.#queues.set(queue, [...(this.#queues.get(queue) ?? []), task]);
  }

  async step(random) {
    const queues = [...this.#queues.keys()];
    if (!queues.length) return false;
    const queue = queues[Math.floor(random() * queues.length)];
    const [task, ...rest] = this.#queues.get(queue);
    if (rest.length) this.#queues.set(queue, rest);
    else this.#queues.delete(queue);
    task();
    await settled();
    return true;
  }
}

class Locks {
  #holders = new Map();
  #queues = new Map();

  request(tab, name, options, callback) {
    return new Promise((resolve, reject) => {
      const wait = { tab, callback, resolve, reject };
      options.signal?.addEventListener('abort', () => {
        this.#queues.set(name, this.#waits(name).filter((other) => other !== wait));
        reject(options.signal.reason);
      });
      this.#queues.set(name, [...this.#waits(name), wait]);
      queueMicrotask(() => this.#grant(name));
    });
  }

  #waits(name) {
    return this.#queues.get(name) ?? [];
  }

  #grant(name) {
    const [next, ...rest] = this.#waits(name);
    if (!next || this.#holders.has(name)) return;
    this.#queues.set(name, rest);
    this.#holders.set(name, next);
    Promise.resolve(next.callback()).then((result) => {
      if (this.#holders.get(name) === next) this.#release(name);
      next.resolve(result);
    });
  }

  #release(name) {
    this.#holders.delete(name);
    this.#grant(name);
  }

  /** The tab is gone: nobody asks it. */
  drop(tab) {
    for (const [name, waits] of this.#queues) this.#queues.set(name, waits.filter((wait) => wait.tab !== tab));
    for (const [name, holder] of [...this.#holders]) if (holder.tab === tab) this.#release(name);
  }
}

/** A server of logs with one epoch, that answers connect, subscribe, unsubscribe and echo. */
export class Server {
  lines = new Set();
  #logs = new Map();
  /** What it was asked, newest last: [kind, channel]. */
  asked = [];
  /** The oldest publication that logs still have. */
  oldest = 1;
  /** Channels that it subscribes every line to. */
  serves = [];
  /** Which subscribe commands are refused; told of all before they are looked at. */
  refuses = ({ channel }) => channel === 'forbidden';

  publish(channel, data) {
    const log = this.#log(channel);
    log.push({ data, offset: log.length + 1 });
    for (const line of this.lines) if (line.channels.has(channel)) line.say({ push: { channel, pub: log.at(-1) } });
  }

  #log(channel) {
    if (!this.#logs.has(channel)) this.#logs.set(channel, []);
    return this.#logs.get(channel);
  }

  hear(line, frame) {
    for (const text of frame.split('\n')) {
      const { id, ...command } = JSON.parse(text);
      const [[kind, body] = []] = Object.entries(command);
      if (!kind) continue;
      this.asked.push([kind, body.channel]);
      line.say({ id, ...this.#answer(line, kind, body) });
    }
  }

  #answer(line, kind, body) {
    const { channel } = body;
    if (kind === 'connect') return { connect: { client: `c${this.asked.length}`, ping: 25, pong: true, subs: this.#served(line, body.subs ?? {}) } };
    if (kind === 'rpc') return { rpc: { data: body.data } };
    if (kind === 'unsubscribe') line.channels.delete(channel);
    if (kind !== 'subscribe') return { [kind]: {} };
    if (line.channels.has(channel)) return { error: { code: 105, message: 'already subscribed' } };
    if (this.refuses(body)) return { error: { code: 103, message: 'permission denied' } };
    line.channels.add(channel);
    return { subscribe: this.#subscribed(channel, body) };
  }

  #served(line, cursors) {
    for (const channel of this.serves) line.channels.add(channel);
    return Object.fromEntries(this.serves.map((channel) => [channel, this.#subscribed(channel, cursors[channel] ?? {})]));
  }

  #subscribed(channel, { recover, offset }) {
    const log = this.#log(channel);
    const here = { recoverable: true, positioned: true, epoch: 'e1' };
    if (!recover) return { ...here, offset: log.length };
    if (offset < this.oldest - 1) return { ...here, offset: log.length, was_recovering: true };
    return { ...here, offset, recovered: true, was_recovering: true, publications: log.slice(offset) };
  }
}

export class Browser {
  clock = new Clock();
  server = new Server();
  tabs = [];
  #traffic = new Traffic();
  #locks = new Locks();
  #airs = new Set();

  /** Opens a tab with a line of its own, as it believes. */
  open(options = {}) {
    const tab = { airs: new Set(), sockets: new Set(), alive: true, window: new EventTarget() };
    const world = this.around(tab);
    class Shared extends SharedWebSocket {
      static world = world;
    }
    tab.line = new Openline('ws://server/', { WebSocket: Shared, window: null, clock: this.clock, random: () => 0, ...options });
    this.tabs.push(tab);
    return tab;
  }

  /** What a tab's page finds around it. */
  around(tab) {
    const locks = this.#locks;
    return {
      navigator: { locks: { request: (name, ...rest) => locks.request(tab, name, rest.length > 1 ? rest[0] : {}, rest.at(-1)) } },
      BroadcastChannel: this.#airOf(tab),
      WebSocket: this.#socketOf(tab),
      addEventListener: (...args) => tab.window.addEventListener(...args),
    };
  }

  #airOf(tab) {
    const [airs, traffic] = [this.#airs, this.#traffic];
    return class {
      constructor(name) {
        this.name = name;
        tab.airs.add(this);
        airs.add(this);
      }

      postMessage(message) {
        if (!tab.alive) return;
        if (!airs.has(this)) throw new Error('the channel is closed');
        const copy = JSON.stringify(message);
        for (const air of airs) if (air !== this && air.name === this.name) traffic.post(air, () => airs.has(air) && air.onmessage({ data: JSON.parse(copy) }));
      }

      close() {
        airs.delete(this);
      }
    };
  }

  #socketOf(tab) {
    const [server, traffic] = [this.server, this.#traffic];
    return class {
      readyState = 0;

      constructor() {
        tab.sockets.add(this);
        const there = { channels: new Set(), say: (reply) => traffic.post(this, () => this.readyState === 1 && this.onmessage({ data: JSON.stringify(reply) })) };
        this.there = there;
        traffic.post(this, () => {
          if (this.readyState) return;
          server.lines.add(there);
          this.readyState = 1;
          this.onopen({});
        });
      }

      send(text) {
        traffic.post(this.there, () => server.lines.has(this.there) && server.hear(this.there, text));
      }

      close() {
        this.readyState = 3;
        server.lines.delete(this.there);
      }

      cut(code = 1006, reason = '') {
        this.close();
        this.onclose({ code, reason });
      }
    };
  }

  /** Closes a tab without a word, as a crash does. */
  kill(tab) {
    tab.alive = false;
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    for (const air of tab.airs) this.#airs.delete(air);
    for (const socket of tab.sockets) socket.close();
    this.#locks.drop(tab);
    tab.line.disconnect(); // its timers are gone, too
  }

  /** The tab that has the line. */
  get leader() {
    return this.tabs.find((tab) => [...tab.sockets].some((socket) => socket.readyState === 1));
  }

  /** One thing happens somewhere; answers whether there was any. */
  step(random = Math.random) {
    return this.#traffic.step(random);
  }

  /** Everything happens that can without time. */
  async rest(random) {
    do await settled();
    while (await this.step(random ?? (() => 0)));
  }

  /** Everything happens, and time passes. */
  async passes(ms, random) {
    await this.rest(random);
    this.clock.advance(ms);
    await this.rest(random);
  }
}
