/**
 * openline-shared.js: one line for all tabs of an origin. `SharedWebSocket` stands where a WebSocket would: each tab has its own
 * `Openline` with its own subscriptions, cursors and tokens, and none of them knows that it has no socket of its own.
 *
 * The tab that holds a Web Lock has the line, and a switchboard that joins it to the sockets of all tabs, over a
 * BroadcastChannel. When that tab goes, the next one gets the lock, and to all others it looks as if their line broke: they dial
 * again and hand their cursors back, as after any other loss. That is why no tab loses a publication or hears one twice.
 *
 * Not a SharedWorker: that has no takeover to get wrong, but needs its script on the page's own host.
 *
 * Said on the channel: by sockets {port, hello}, {port, says: frame} and {port, bye}; by the switchboard {leader}, {opened: ports},
 * {tells: [[port or null for all, reply], …]} and {closed: {code, reason}, ports}.
 */

/** How many of its newest publications a channel keeps for tabs with an older cursor; for a still older one the server is asked. */
const MAX_KEPT = 100;
/** A line silent for this much longer than a ping takes is not joined any more. */
const PING_DELAY_MS = 10_000;
const LINE_LOST = { code: 1006, reason: 'line lost' };
const INSUFFICIENT_STATE = { code: 2500, reason: 'insufficient state' };
const ALREADY_SUBSCRIBED = { code: 105, message: 'already subscribed' };
/** What a subscribe may ask for beside its cursor; what one tab asks for all of them get. */
const WISHES = ['join_leave', 'positioned', 'recoverable'];

/** The places whose line this page has or waits for. */
const candidates = new WeakMap();

export class SharedWebSocket {
  static world = globalThis;
  static group = 'openline';

  readyState = 0;
  #port = `${Date.now()}-${Math.random()}`;
  #air;
  #release = () => {};

  /** Lines of different names, as of different users, are not shared. */
  static named(name) {
    return class extends this {
      static group = name;
    };
  }

  constructor(url) {
    const { world, group } = new.target;
    const { locks } = world.navigator ?? {};
    // Without locks (a page that came over plain http) every tab has its own line.
    if (!locks || !world.BroadcastChannel) return new world.WebSocket(url);
    const place = `openline-shared ${group} ${url}`;
    this.#air = new world.BroadcastChannel(place);
    this.#air.onmessage = ({ data }) => this.#hear(data);
    // The switchboard waits for this lock: it gets it when this tab is gone.
    locks.request(portLock(this.#port), () => {
      if (this.readyState > 1) return undefined;
      this.#say({ hello: true });
      return new Promise((resolve) => (this.#release = resolve));
    });
    standForLine(world, place, url);
  }

  send(text) {
    this.#say({ says: text });
  }

  close() {
    if (this.readyState > 1) return;
    this.#say({ bye: true });
    this.#end();
  }

  #say(words) {
    if (this.readyState < 2) this.#air.postMessage({ port: this.#port, ...words });
  }

  #hear({ leader, opened, tells, closed, ports }) {
    const mine = ([port]) => port === null || port === this.#port;
    if (leader && this.readyState === 0) this.#say({ hello: true });
    else if (opened?.includes(this.#port) && this.readyState === 0) this.#open();
    else if (tells && this.readyState === 1 && tells.some(mine)) this.onmessage({ data: tells.filter(mine).map(([, text]) => text).join('\n') });
    else if (ports?.includes(this.#port) || (leader && this.readyState === 1)) this.#lose(closed ?? LINE_LOST);
  }

  #open() {
    this.readyState = 1;
    this.onopen({});
  }

  #lose(why) {
    this.#end();
    this.onclose(why);
  }

  #end() {
    this.readyState = 3;
    this.#release();
    this.#air.close();
  }
}

const portLock = (port) => `openline-shared port ${port}`;

/** Waits for the lock of a line, and has its switchboard from then on, until the page is put away. */
function standForLine(world, place, url) {
  const places = candidates.get(world) ?? new Set();
  if (places.has(place)) return;
  candidates.set(world, places.add(place));
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = () => places.delete(place) && leaving.abort();
  world.addEventListener?.('pagehide', leave, { once: true });
  const lead = () => new Promise((resolve) => {
    const switchboard = new Switchboard(world, place, url);
    signal.addEventListener('abort', () => resolve(switchboard.close()));
  });
  world.navigator.locks.request(place, { signal }, lead).catch(() => {}); // put away before its turn came
}

/** Joins one line to the sockets of many tabs: it speaks the protocol to both sides. */
class Switchboard {
  #world;
  #url;
  #air;
  /** The socket of the line, or null while no tab wants one. */
  #line = null;
  #heardAt = 0;
  /** Tabs' sockets: port -> how to stop waiting for its end. */
  #ports = new Map();
  /** Commands on the line: id -> what to do with the reply. */
  #calls = new Map();
  #lastId = 0;
  /** The server's answer to connect, when it came, and who waits for it. */
  #connected = null;
  #connectedAt = 0;
  #connecting = null;
  #channels = new Map();
  /** What is to be told with the next message, in order. */
  #tells = [];

  constructor(world, place, url) {
    this.#world = world;
    this.#url = url;
    this.#air = new world.BroadcastChannel(place);
    this.#air.onmessage = ({ data }) => this.#hear(data);
    this.#air.postMessage({ leader: true });
  }

  close() {
    this.#lose(LINE_LOST);
    this.#air.close();
  }

  // ---- the tabs ----------------------------------------------------------------------------------------------

  #hear({ port, hello, says, bye }) {
    if (hello) this.#welcome(port);
    else if (this.#ports.has(port)) {
      if (bye) this.#dismiss(port);
      else for (const text of says.split('\n')) this.#command(port, JSON.parse(text));
    }
    this.#flush();
  }

  #welcome(port) {
    if (this.#ports.has(port)) return;
    if (this.#isSilent()) this.#lose(LINE_LOST);
    const patience = new AbortController();
    this.#ports.set(port, () => patience.abort());
    const { signal } = patience;
    this.#world.navigator.locks.request(portLock(port), { signal }, () => this.#dismiss(port)).catch(() => {}); // not needed any more
    if (!this.#line) this.#dial();
    else if (this.#line.readyState === 1) this.#air.postMessage({ opened: [port] });
  }

  #dismiss(port) {
    this.#ports.get(port)?.();
    this.#ports.delete(port);
    for (const channel of this.#channels.values()) this.#leave(port, channel);
    if (!this.#ports.size) this.#lose(LINE_LOST);
  }

  #tell(port, reply) {
    this.#tells.push([port, typeof reply === 'string' ? reply : JSON.stringify(reply)]);
  }

  #flush() {
    if (this.#tells.length) this.#air.postMessage({ tells: this.#tells.splice(0) });
  }

  // ---- the line ----------------------------------------------------------------------------------------------

  #dial() {
    const line = new this.#world.WebSocket(this.#url);
    const mine = (handle) => (event) => this.#line === line && handle(event);
    this.#line = line;
    line.onopen = mine(() => this.#air.postMessage({ opened: [...this.#ports.keys()] }));
    line.onmessage = mine(({ data }) => this.#read(data));
    line.onclose = mine(({ code, reason }) => this.#lose({ code, reason }));
    line.onerror = () => {}; // a close follows
  }

  /** All sockets of all tabs end as the line did; whoever wants another says hello again. */
  #lose({ code, reason }) {
    const line = this.#line;
    const ports = [...this.#ports.keys()];
    this.#flush();
    for (const endPatience of this.#ports.values()) endPatience();
    for (const state of [this.#ports, this.#calls, this.#channels]) state.clear();
    this.#line = this.#connected = this.#connecting = null;
    this.#lastId = 0;
    if (line?.readyState < 2) line.close(1000, 'normal closure');
    if (ports.length) this.#air.postMessage({ closed: { code, reason }, ports });
  }

  #isSilent() {
    return this.#connected?.ping && Date.now() - this.#heardAt > this.#connected.ping * 1000 + PING_DELAY_MS;
  }

  #ask(kind, body, take) {
    this.#calls.set(++this.#lastId, take);
    this.#line.send(JSON.stringify({ id: this.#lastId, [kind]: body }));
  }

  #read(frame) {
    this.#heardAt = Date.now();
    for (const text of frame.split('\n').filter(Boolean)) this.#take(JSON.parse(text), text);
    this.#flush();
  }

  #take(reply, text) {
    const take = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (reply.id) return take?.(reply);
    if (!reply.push && this.#connected?.pong) this.#line.send('{}'); // once for all tabs, whose own are not passed on
    this.#tell(null, text);
    if (reply.push?.channel) this.#follow(reply.push);
  }

  // ---- commands ----------------------------------------------------------------------------------------------

  #command(port, { id, ...command }) {
    const [[kind, body] = []] = Object.entries(command);
    const channel = this.#channels.get(body?.channel);
    if (kind === 'connect') this.#connect(port, id, body);
    else if (kind === 'subscribe') this.#subscribe(port, id, body);
    else if (kind === 'unsubscribe' && channel) {
      this.#leave(port, channel);
      this.#tell(port, { id, unsubscribe: {} });
    } else if (id) this.#ask(kind, body, (reply) => this.#tell(port, { ...reply, id }));
    else if (kind) this.#line.send(JSON.stringify(command));
  }

  #connect(port, id, body) {
    if (this.#connected) return this.#tell(port, { id, connect: this.#welcoming(body.subs ?? {}) });
    if (this.#connecting) return void this.#connecting.push([port, id, body]);
    this.#connecting = [];
    this.#ask('connect', body, (reply) => {
      const others = this.#connecting;
      this.#tell(port, { ...reply, id });
      if (reply.error) {
        for (const [other, otherId] of others) this.#tell(other, { ...reply, id: otherId });
        return this.#lose(LINE_LOST);
      }
      this.#connected = reply.connect;
      this.#connectedAt = Date.now();
      for (const [name, result] of Object.entries(reply.connect.subs ?? {})) this.#served(name, result, body.subs?.[name]);
      for (const other of others) this.#connect(...other);
    });
  }

  /** The server's answer to connect, for a tab that came later. */
  #welcoming(cursors) {
    const served = [...this.#channels.values()].filter((channel) => channel.served);
    const subs = Object.fromEntries(served.map((channel) => [channel.name, channel.answerTo(cursors[channel.name] ?? {})]));
    return { ...aged(this.#connected, this.#connectedAt), subs };
  }

  // ---- channels ----------------------------------------------------------------------------------------------

  #channel(name) {
    const channel = this.#channels.get(name) ?? new Channel(name);
    this.#channels.set(name, channel);
    return channel;
  }

  #served(name, result, cursor) {
    const channel = this.#channel(name);
    channel.served = true;
    channel.begin(result, cursor);
  }

  #subscribe(port, id, { delta, ...body }) {
    const channel = this.#channel(body.channel);
    if (channel.served || channel.members.has(port) || channel.wants.has(port)) return this.#tell(port, { id, error: ALREADY_SUBSCRIBED });
    channel.wants.set(port, { id, body });
    this.#serve(channel);
  }

  /** Answers who waits for this channel, as far as that can be done without asking the server. */
  #serve(channel) {
    for (const [port, want] of channel.wants) {
      if (channel.asking) return;
      if (channel.live && channel.canAnswer(want.body)) this.#accept(channel, port, channel.answerTo(want.body));
      else this.#askFor(channel, port, want);
    }
  }

  #accept(channel, port, result) {
    const { id } = channel.wants.get(port);
    channel.wants.delete(port);
    channel.members.add(port);
    this.#tell(port, { id, subscribe: result });
  }

  /** Subscribes with this tab's cursor, again where that is older than what is kept; who has it all drops what comes twice. */
  #askFor(channel, port, { id, body }) {
    if (channel.live) this.#ask('unsubscribe', { channel: channel.name }, () => {});
    const asked = channel.ask(body);
    this.#ask('subscribe', asked, ({ error, subscribe: result }) => {
      channel.asking = false;
      if (error) this.#refused(channel, port, error);
      else this.#accepted(channel, port, asked, result);
      this.#serve(channel);
      this.#leave(null, channel);
    });
  }

  #refused(channel, port, error) {
    const want = channel.wants.get(port);
    channel.live = false;
    channel.wants.delete(port);
    if (want) this.#tell(port, { id: want.id, error });
    this.#evict(channel);
  }

  #accepted(channel, port, asked, result) {
    const before = channel.live && channel.position;
    const want = channel.wants.get(port);
    channel.begin(result, asked);
    if (before && !channel.reachesBack(before)) this.#evict(channel);
    for (const member of channel.members) for (const pub of result.publications ?? []) this.#tell(member, { push: { channel: channel.name, pub } });
    if (want) this.#accept(channel, port, want.body.recover ? result : channel.answerTo(want.body));
  }

  /** Members missed something, or lost their subscription to another's attempt: they ask again from where they are. */
  #evict(channel) {
    for (const member of channel.members) this.#tell(member, { push: { channel: channel.name, unsubscribe: INSUFFICIENT_STATE } });
    channel.members.clear();
  }

  #leave(port, channel) {
    channel.members.delete(port);
    channel.wants.delete(port);
    if (channel.served || channel.asking || channel.members.size || channel.wants.size) return;
    this.#channels.delete(channel.name);
    if (channel.live) this.#ask('unsubscribe', { channel: channel.name }, () => {});
  }

  /** What the server pushed has been told to all; remembers what it means. */
  #follow({ channel: name, pub, subscribe, unsubscribe }) {
    if (subscribe) this.#served(name, subscribe);
    const channel = this.#channels.get(name);
    if (pub) channel?.add(pub);
    if (!unsubscribe || !channel) return;
    channel.live = channel.served = false;
    channel.members.clear();
    this.#serve(channel);
    this.#leave(null, channel);
  }
}

/** A subscription of the line: how far it is, and the newest of what came on it. */
class Channel {
  name;
  /** Subscribed; or made by the server, for all tabs. */
  live = false;
  served = false;
  /** A subscribe is on its way. */
  asking = false;
  /** Ports that are subscribed, and those that wait: port -> {id, body}. */
  members = new Set();
  wants = new Map();
  position = null;
  #wishes = {};
  #result = {};
  #resultAt = 0;
  /** Publications after this offset are kept. */
  #floor = 0;
  #kept = [];

  constructor(name) {
    this.name = name;
  }

  /** The subscribe command for one tab's wish: what the others asked for stays asked for. */
  ask({ token, ...body }) {
    for (const wish of WISHES) if (body[wish]) this.#wishes[wish] = true;
    const cursor = !body.recover && this.live && this.#result.recoverable ? { recover: true, ...this.position } : {};
    this.asking = true;
    return { ...body, token, ...this.#wishes, ...cursor };
  }

  /** The server answered. */
  begin({ publications = [], offset = 0, epoch = '', recovered, was_recovering, ...result }, asked) {
    this.live = true;
    this.#result = result;
    this.#resultAt = Date.now();
    const from = recovered ? Math.min(asked?.offset ?? 0, (publications[0]?.offset ?? Infinity) - 1) : offset;
    this.position = result.recoverable || result.positioned ? { offset: from, epoch } : null;
    this.#floor = from;
    this.#kept = [];
    for (const publication of publications) this.add(publication);
  }

  add(publication) {
    const { position } = this;
    if (!position || !(publication.offset > position.offset)) return;
    position.offset = publication.offset;
    position.epoch ||= publication.epoch ?? '';
    this.#kept.push(publication);
    if (this.#kept.length > MAX_KEPT) this.#floor = this.#kept.shift().offset;
  }

  /** Whether nothing lies between that position and what is kept. */
  reachesBack({ offset, epoch }) {
    return epoch === this.position?.epoch && offset >= this.#floor;
  }

  canAnswer(body) {
    if (WISHES.some((wish) => body[wish] && !this.#wishes[wish])) return false;
    return !body.recover || !this.position || !this.#knows(body) || body.offset >= this.#floor;
  }

  #knows({ epoch }) {
    return !epoch || epoch === this.position.epoch;
  }

  /** What the server would answer, of what is kept. */
  answerTo({ recover, offset = 0, epoch }) {
    const result = aged(this.#result, this.#resultAt);
    if (!this.position) return { ...result, was_recovering: recover };
    if (!recover || !this.#knows({ epoch }) || offset < this.#floor) return { ...result, ...this.position, was_recovering: recover };
    const publications = this.#kept.filter((publication) => publication.offset > offset);
    return { ...result, epoch: this.position.epoch, offset, publications, recovered: true, was_recovering: true };
  }
}

/** A result with the time that is left of it. */
function aged(result, since) {
  return result.ttl ? { ...result, ttl: Math.max(1, result.ttl - Math.floor((Date.now() - since) / 1000)) } : result;
}
