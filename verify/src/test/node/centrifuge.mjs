// The official SDK, played by a test: it is told what to do on standard input and tells what it hears, one line each,
// words between tabs. A line begins with the client's name; what is told goes on with what it is about: `line`, `answer`
// or a channel.
import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const clients = new Map();
const tell = (name, about, ...words) => console.log(['@', name, about, ...words].join('\t'));

class Client {
  #name;
  #sdk;
  #socket;

  constructor(name, url, options) {
    this.#name = name;
    const remember = (socket) => (this.#socket = socket);
    class Remembered extends WebSocket {
      constructor(...args) {
        super(...args);
        remember(this);
      }
    }
    this.#sdk = new Centrifuge(url, { websocket: Remembered, minReconnectDelay: 20, maxReconnectDelay: 200, ...options });
    const hear = (...words) => tell(name, 'line', ...words);
    this.#sdk.on('connecting', ({ code, reason }) => hear('connecting', code, reason));
    this.#sdk.on('connected', ({ client }) => hear('connected', client));
    this.#sdk.on('disconnected', ({ code, reason }) => hear('disconnected', code, reason));
  }

  connect() {
    this.#sdk.connect();
  }

  disconnect() {
    this.#sdk.disconnect();
  }

  subscribe(channel, options = '{}') {
    let sub = this.#sdk.getSubscription(channel);
    if (!sub) {
      sub = this.#sdk.newSubscription(channel, JSON.parse(options));
      const hear = (...words) => tell(this.#name, channel, ...words);
      sub.on('subscribing', ({ code, reason }) => hear('subscribing', code, reason));
      sub.on('subscribed', ({ wasRecovering, recovered, streamPosition }) =>
        hear('subscribed', `wasRecovering=${wasRecovering}`, `recovered=${recovered}`, ...this.#position(streamPosition)));
      sub.on('unsubscribed', ({ code, reason }) => hear('unsubscribed', code, reason));
      sub.on('publication', ({ offset, data }) => hear('publication', offset ?? 'unlogged', JSON.stringify(data)));
      sub.on('join', ({ info }) => hear('join', info.client));
      sub.on('leave', ({ info }) => hear('leave', info.client));
      sub.on('error', ({ error }) => hear('error', error.code, error.message));
    }
    sub.subscribe();
  }

  #position(position) {
    return position ? [position.epoch, position.offset] : [];
  }

  unsubscribe(channel) {
    this.#sdk.getSubscription(channel).unsubscribe();
  }

  /** Goes and comes again, many times, waiting for nothing; ends subscribed. */
  flicker(channel, times) {
    const sub = this.#sdk.getSubscription(channel);
    for (let i = 0; i < Number(times); i++) {
      sub.unsubscribe();
      sub.subscribe();
    }
  }

  publish(channel, data) {
    this.#answer(this.#sdk.publish(channel, JSON.parse(data)), () => '');
  }

  /** Numbers from 1 on, glued together as the SDK glues them; one answer for all. */
  publishMany(channel, count) {
    this.#sdk.startBatching();
    const all = Array.from({ length: Number(count) }, (_, i) => this.#sdk.publish(channel, i + 1));
    this.#sdk.stopBatching();
    this.#answer(Promise.all(all), (answers) => answers.length);
  }

  presence(channel) {
    this.#answer(this.#sdk.presence(channel), ({ clients: here }) => Object.keys(here).sort().join(' '));
  }

  presenceStats(channel) {
    this.#answer(this.#sdk.presenceStats(channel), ({ numClients, numUsers }) => `${numClients} clients, ${numUsers} users`);
  }

  history(channel, options) {
    this.#answer(this.#sdk.history(channel, JSON.parse(options)), ({ publications, epoch, offset }) =>
      [publications.map((publication) => publication.offset).join(','), epoch, offset].join(' '));
  }

  rpc(method, data) {
    this.#answer(this.#sdk.rpc(method, JSON.parse(data)), ({ data: answer }) => JSON.stringify(answer));
  }

  /** Past the SDK: sends a text as it is. */
  raw(text) {
    this.#socket.send(text);
  }

  #answer(promise, spell) {
    promise.then(
      (result) => tell(this.#name, 'answer', 'ok', spell(result)),
      (error) => tell(this.#name, 'answer', 'error', error.code, error.message),
    );
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, verb, ...words] = line.split('\t');
  if (verb === 'new') clients.set(name, new Client(name, words[0], JSON.parse(words[1])));
  else clients.get(name)[verb](...words);
});
tell('sdk', 'line', 'ready');
