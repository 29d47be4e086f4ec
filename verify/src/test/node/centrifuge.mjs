// The official SDK, played by a test: it is told what to do on standard input and tells what it hears, one line each,
// words between tabs. A line begins with the client's name; what is told goes on with what it is about: `line`, `answer`
// or a channel.
import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import { Centrifuge as CentrifugeProtobuf } from 'centrifuge/build/protobuf';
import WebSocket from 'ws';

// How clients reach the server, as the environment says: over which transport, in which encoding.
const transport = process.env.TRANSPORT ?? 'websocket';
const binary = process.env.ENCODING === 'protobuf';
const Sdk = binary ? CentrifugeProtobuf : Centrifuge;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Payloads are JSON here, in either encoding.
const payload = (value) => (binary ? encoder.encode(JSON.stringify(value)) : value);
const text = (data) => (binary ? decoder.decode(data) : JSON.stringify(data));

/** What browsers have and node does not yet, as much of it as the SDK uses. */
class EventSource {
  constructor(url) {
    this.abort = new AbortController();
    this.read(url).catch((fault) => this.onerror?.(fault));
  }

  async read(url) {
    const response = await fetch(url, { signal: this.abort.signal });
    this.onopen?.();
    let rest = '';
    for await (const chunk of response.body) {
      rest += decoder.decode(chunk, { stream: true });
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const data = rest.slice(0, end).trim();
        rest = rest.slice(end + 2);
        if (data.startsWith('data: ')) this.onmessage?.({ data: data.slice(6) });
      }
    }
    this.onerror?.(new Error('the stream ended'));
  }

  close() {
    this.abort.abort();
  }
}

const endpoint = (url) => {
  if (transport === 'websocket') return url;
  const path = transport === 'sse' ? '/connection/sse' : '/connection/http_stream';
  return [{ transport, endpoint: url.replace('ws:', 'http:').replace('/connection/websocket', path) }];
};
const emulation = (url) => url.replace('ws:', 'http:').replace('/connection/websocket', '/emulation');

/** Gives out tokens, one after the other, and tells each time. */
const giving = (tokens, name, about) => async () => {
  const token = tokens.shift() ?? null;
  tell(name, about, 'token', tokens.length);
  return token;
};

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
    const { tokens, ...others } = options;
    this.#sdk = new Sdk(endpoint(url), {
      websocket: Remembered,
      eventsource: EventSource,
      emulationEndpoint: emulation(url),
      minReconnectDelay: 20,
      maxReconnectDelay: 200,
      ...(tokens ? { getToken: giving(tokens, name, 'tokens') } : {}),
      ...others,
    });
    const hear = (...words) => tell(name, 'line', ...words);
    this.#sdk.on('connecting', ({ code, reason }) => hear('connecting', code, reason));
    this.#sdk.on('connected', ({ client }) => hear('connected', client));
    this.#sdk.on('disconnected', ({ code, reason }) => hear('disconnected', code, reason));
    // Subscriptions that the server makes are heard of by the client alone.
    const by = (channel, ...words) => tell(name, channel, 'server', ...words);
    this.#sdk.on('subscribed', ({ channel, wasRecovering, recovered }) =>
      by(channel, 'subscribed', `wasRecovering=${wasRecovering}`, `recovered=${recovered}`));
    this.#sdk.on('unsubscribed', ({ channel }) => by(channel, 'unsubscribed'));
    this.#sdk.on('publication', ({ channel, offset, data }) => by(channel, 'publication', offset ?? 'unlogged', text(data)));
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
      const { tokens, ...others } = JSON.parse(options);
      sub = this.#sdk.newSubscription(channel, { ...others, ...(tokens ? { getToken: giving(tokens, this.#name, `tokens of ${channel}`) } : {}) });
      const hear = (...words) => tell(this.#name, channel, ...words);
      sub.on('subscribing', ({ code, reason }) => hear('subscribing', code, reason));
      sub.on('subscribed', ({ wasRecovering, recovered, streamPosition }) =>
        hear('subscribed', `wasRecovering=${wasRecovering}`, `recovered=${recovered}`, ...this.#position(streamPosition)));
      sub.on('unsubscribed', ({ code, reason }) => hear('unsubscribed', code, reason));
      sub.on('publication', ({ offset, data }) => hear('publication', offset ?? 'unlogged', text(data)));
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
    this.#answer(this.#sdk.publish(channel, payload(JSON.parse(data))), () => '');
  }

  /** Numbers from 1 on, glued together as the SDK glues them; one answer for all. */
  publishMany(channel, count) {
    this.#sdk.startBatching();
    const all = Array.from({ length: Number(count) }, (_, i) => this.#sdk.publish(channel, payload(i + 1)));
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
    this.#answer(this.#sdk.rpc(method, payload(JSON.parse(data))), ({ data: answer }) => text(answer));
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
