/**
 * openline-outbox.js: publishes that outlive the line, and the page. It needs a server with the RPC `openline.publish` and a
 * client that calls it: openline.js, or any other (openline-outbox-centrifuge.js joins it to the official one).
 *
 * Its laws:
 *  1. A publish is applied once. It goes out under the same random key until it is answered, and the server applies a key
 *     once. When the server may have forgotten the key it is not sent again, but settled as OUTCOME_UNKNOWN.
 *  2. Of each channel one publish is on its way at a time, so none overtakes another.
 *  3. Among the tabs of one origin one sends for all, the one that holds the lock. Without Web Locks several may send, and
 *     the keys keep both laws.
 *
 * openline-outbox.d.ts says what members and options mean, this file only why they are so.
 */

const TOO_MANY_WAITING = 15;
const OUTCOME_UNKNOWN = 16;
const TOO_BIG = 18;
const METHOD_NOT_FOUND = 104;
const NOT_AVAILABLE = 108;
const TOO_MANY_REQUESTS = 111;

const DEFAULTS = {
  name: 'openline',
  maxEntries: 1_000,
  maxBytes: 1_048_576,
  // Servers read messages of 64 KiB and close the line at a longer one; kept in a store, it would do so after every redial.
  maxEntryBytes: 64_000,
  // A server remembers keys for 300 s; the rest is for a command that hangs in a line until that counts as dead.
  keptMs: 240_000,
  retryDelay: (attempt) => Math.min(20_000, 500 + Math.random() * 500 * 2 ** attempt),
  clock: {
    now: () => Date.now(), // goes on while the page is closed
    setTimeout: (task, ms) => setTimeout(task, ms),
    clearTimeout: (timer) => clearTimeout(timer),
  },
};

export class OutboxError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'OutboxError';
    this.code = code;
  }
}

const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Codes below 100 are about the line, not about the publish. */
const isFinal = (error) => error.code >= 100 && !error.temporary;

const unknown = (why) => ({ error: new OutboxError(OUTCOME_UNKNOWN, `outcome unknown: ${why}`) });

function refused({ code, message }) {
  const missing = code === METHOD_NOT_FOUND || code === NOT_AVAILABLE;
  return { error: new OutboxError(code, missing ? `the server has no openline.publish: ${message}` : message) };
}

/** Entries for as long as the page lives. */
class Memory {
  #entries = new Map();
  #lastId = 0;

  async add(entry) {
    const id = ++this.#lastId;
    this.#entries.set(id, { ...entry, id });
    return id;
  }

  async all() {
    return [...this.#entries.values()];
  }

  /** Replaces an entry by what `change` makes of it, null for nothing; answers that, or undefined when there is none. */
  async change(id, change) {
    const entry = this.#entries.get(id);
    const changed = entry && change(entry);
    if (changed) this.#entries.set(id, changed);
    else this.#entries.delete(id);
    return changed;
  }

  close() {}
}

/** As `Memory`, and over reloads. It answers when a transaction is complete, as only then it outlives a crash. */
class Database {
  #db;

  constructor(db) {
    this.#db = db;
  }

  static open(indexedDB, name) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('entries', { keyPath: 'id', autoIncrement: true });
      opening.onsuccess = () => resolve(new Database(opening.result));
      opening.onerror = () => reject(opening.error);
    });
  }

  add(entry) {
    return this.#transact((table, give) => (table.add(entry).onsuccess = ({ target }) => give(target.result)));
  }

  all() {
    return this.#transact((table, give) => (table.getAll().onsuccess = ({ target }) => give(target.result)));
  }

  change(id, change) {
    return this.#transact((table, give) => {
      table.get(id).onsuccess = ({ target }) => {
        const changed = target.result && change(target.result);
        if (changed) table.put(changed);
        else table.delete(id);
        give(changed);
      };
    });
  }

  #transact(work) {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction('entries', 'readwrite');
      let answer;
      transaction.oncomplete = () => resolve(answer);
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore('entries'), (value) => (answer = value));
    });
  }

  close() {
    this.#db.close();
  }
}

export class Outbox extends EventTarget {
  #options;
  #place;
  #call = null;
  #store;
  /** The other tabs of this origin, where they share the store. */
  #tabs = null;
  /** What waits, of all tabs, by key and in order. An entry has an `id` once it is stored. */
  #entries = new Map();
  #bytes = 0;
  /** How to settle the publishes of this page, by key. */
  #promises = new Map();
  /** Channels with a publish on its way (null), or with a wait before its next try (how to end the wait). */
  #busy = new Map();
  /** Aborted when the line is lost; null until it is back. */
  #shift = null;
  #sending = false;

  constructor(options = {}) {
    super();
    this.#options = { indexedDB: globalThis.indexedDB, locks: globalThis.navigator?.locks, ...DEFAULTS, ...options };
    this.#place = `openline-outbox ${this.#options.name}`;
    this.#store = this.#open();
    this.#refill().catch((error) => this.#tell('error', error));
  }

  get count() {
    return this.#entries.size;
  }

  get bytes() {
    return this.#bytes;
  }

  get waiting() {
    const shown = ({ key, channel, text, since, tried, id }) => ({ key, channel, data: JSON.parse(text), since, tried, kept: id !== undefined });
    return [...this.#entries.values()].map(shown);
  }

  publish(channel, data, { signal } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const entry = this.#entry(channel, JSON.stringify(data));
      const abort = () => stored.then(() => this.#withdraw(entry, signal.reason));
      const release = () => signal?.removeEventListener('abort', abort);
      this.#promises.set(entry.key, { resolve, reject, release });
      this.#insert(entry);
      this.#tell('change');
      const stored = this.#keep(entry);
      signal?.addEventListener('abort', abort);
    });
  }

  // ---- for the client that owns the line ---------------------------------------------------------------------

  use(call, options) {
    this.#call = call;
    Object.assign(this.#options, options);
    return this;
  }

  resume() {
    if (this.#shift) return;
    this.#shift = new AbortController();
    const { signal } = this.#shift;
    const { locks } = this.#options;
    const work = () => this.#work(signal);
    const done = locks && this.#tabs ? locks.request(this.#place, { signal }, work) : work();
    done.catch((error) => signal.aborted || this.#tell('error', error));
  }

  pause() {
    this.#shift?.abort();
    this.#shift = null;
    this.#sending = false;
    for (const [channel, endWait] of this.#busy) {
      if (!endWait) continue; // its answer, or the news that there is none, is to come
      endWait();
      this.#busy.delete(channel);
    }
  }

  async close() {
    this.pause();
    this.#tabs?.close();
    (await this.#store).close();
  }

  // ---- what waits --------------------------------------------------------------------------------------------

  async #open() {
    const { indexedDB } = this.#options;
    if (!indexedDB) return new Memory();
    this.#tabs = new BroadcastChannel(this.#place);
    this.#tabs.onmessage = ({ data }) => this.#hear(data);
    try {
      return await Database.open(indexedDB, this.#place);
    } catch (error) {
      this.#tabs.close();
      this.#tabs = null;
      this.#tell('error', error); // a private window, a full disk: for this page's life is better than not at all
      return new Memory();
    }
  }

  #entry(channel, text) {
    const { maxEntries, maxBytes, maxEntryBytes, clock } = this.#options;
    if (text === undefined) throw new TypeError('a publish has data');
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > maxEntryBytes) throw new OutboxError(TOO_BIG, `${bytes} bytes are more than ${maxEntryBytes}`);
    if (this.count >= maxEntries || this.#bytes + bytes > maxBytes) throw new OutboxError(TOO_MANY_WAITING, 'the outbox is full');
    return { key: randomKey(), channel, text, bytes, since: clock.now(), tried: 0 };
  }

  #insert(entry) {
    if (this.#entries.has(entry.key)) return;
    this.#entries.set(entry.key, entry);
    this.#bytes += entry.bytes;
  }

  async #keep(entry) {
    try {
      entry.id = await (await this.#store).add({ ...entry });
      this.#tabs?.postMessage({ added: entry });
      this.#tell('change');
      this.#send();
    } catch (error) {
      this.#settle(entry.key, { error });
    }
  }

  /** What another tab did. */
  #hear({ added, settled, result, refusal }) {
    if (settled) return this.#settle(settled, refusal ? { error: new OutboxError(refusal.code, refusal.message) } : { result });
    this.#insert(added);
    this.#tell('change');
    this.#send();
  }

  /** Takes what the store holds for the truth: this tab may be new, or have slept while others sent. */
  async #refill() {
    const stored = await (await this.#store).all();
    const keys = new Set(stored.map(({ key }) => key));
    for (const { key, id } of [...this.#entries.values()]) if (id && !keys.has(key)) this.#settle(key, unknown('another tab settled it'));
    const unstored = [...this.#entries.values()].filter(({ key }) => !keys.has(key));
    this.#entries.clear();
    this.#bytes = 0;
    for (const entry of [...stored, ...unstored]) this.#insert(entry);
    this.#tell('change');
  }

  /** An abort comes in time as long as nobody has sent it. */
  async #withdraw({ key, id }, reason) {
    const left = await (await this.#store).change(id, (entry) => (entry.tried ? entry : null));
    if (left === null) this.#announce(key, id, { error: reason });
  }

  /** Told before it is forgotten: who dies in between leaves an entry that is sent again, and its key makes that harmless. */
  async #announce(key, id, { result, error }) {
    this.#tabs?.postMessage({ settled: key, result, refusal: error && { code: error.code, message: error.message } });
    this.#settle(key, { result, error });
    await (await this.#store).change(id, () => null);
  }

  #settle(key, { result, error }) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    const promise = this.#promises.get(key);
    this.#promises.delete(key);
    promise?.release();
    if (error) promise?.reject(error);
    else promise?.resolve(result);
    this.#tell('settled', { key, channel: entry.channel, data: JSON.parse(entry.text), result, error });
    this.#tell('change');
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  // ---- sending -----------------------------------------------------------------------------------------------

  /** One shift: from the lock to the loss of the line. */
  async #work(signal) {
    await this.#refill();
    if (signal.aborted) return;
    this.#sending = true;
    this.#send();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }

  /** Starts the first publish of each channel that has none on its way. */
  #send() {
    if (!this.#sending) return;
    const passed = new Set(this.#busy.keys());
    for (const entry of [...this.#entries.values()]) {
      if (passed.has(entry.channel)) continue;
      passed.add(entry.channel);
      if (entry.id) this.#deliver(entry, 0);
    }
  }

  async #deliver(entry, attempt) {
    const { channel } = entry;
    this.#busy.set(channel, null);
    let again = true;
    try {
      again = await this.#try(entry);
    } catch (error) {
      this.#tell('error', error); // of the store
    }
    if (again && this.#sending) this.#busy.set(channel, this.#later(attempt, () => this.#deliver(entry, attempt + 1)));
    else this.#busy.delete(channel);
    this.#send();
  }

  /** Sends an entry; answers whether it must be sent again. */
  async #try({ key, channel, text, id }) {
    const tried = await this.#claim(key, id);
    if (tried === undefined) return false;
    let outcome;
    try {
      outcome = { result: await this.#call({ channel, data: JSON.parse(text), idempotency_key: key }) };
    } catch (error) {
      // A refusal for now says that it was not applied: its time begins with a try whose outcome nobody knows.
      if (error.code === TOO_MANY_REQUESTS) await (await this.#store).change(id, (entry) => ({ ...entry, tried }));
      if (!isFinal(error)) return true;
      outcome = refused(error);
    }
    await this.#announce(key, id, outcome);
    return false;
  }

  /** Writes the time of the first try before it is made, and answers what stood there; undefined when it must not be made. */
  async #claim(key, id) {
    const { clock, keptMs } = this.#options;
    const now = clock.now();
    let tried;
    const entry = await (await this.#store).change(id, (stored) => {
      tried = stored.tried;
      const age = tried ? now - tried : 0;
      // Below 0 the clock was set back, and the time since is anybody's guess.
      return age < 0 || age >= keptMs ? null : { ...stored, tried: tried || now };
    });
    if (!entry) await this.#announce(key, id, unknown(tried ? 'too old to be sent again' : 'another tab settled it'));
    return entry ? tried : undefined;
  }

  #later(attempt, task) {
    const { clock, retryDelay } = this.#options;
    const timer = clock.setTimeout(task, retryDelay(attempt));
    return () => clock.clearTimeout(timer);
  }
}
