// The outbox on the line of the official SDK: publishes numbers, all at once, and tells what became of each.
import { pathToFileURL } from 'node:url';
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const { OPENLINE_JS: modules, URL_OF_SERVER: url, COUNT: count } = process.env;
let answersToLose = Number(process.env.LOST_ANSWERS);
const { outboxFor } = await import(pathToFileURL(`${modules}/openline-outbox-centrifuge.js`));

const tell = (...words) => console.log(['@', ...words].join('\t'));

/** Breaks instead of an answer, the first few times. */
class Lossy extends WebSocket {
  set onmessage(listener) {
    super.onmessage = (event) => {
      if (answersToLose > 0 && event.data.includes('"rpc"') && answersToLose--) this.close(3001);
      else if (this.readyState === WebSocket.OPEN) listener(event);
    };
  }
}

const centrifuge = new Centrifuge(url, { websocket: Lossy, minReconnectDelay: 20, maxReconnectDelay: 200 });
const outbox = outboxFor(centrifuge);
const published = Array.from({ length: Number(count) }, (_, i) => outbox.publish('news', i + 1));
centrifuge.connect();
for (const promise of published) {
  await promise.then(
    ({ offset, epoch }) => tell('applied', offset, typeof epoch),
    (error) => tell('refused', error.code, error.message),
  );
}
tell('waiting', outbox.count);
const { publications } = await centrifuge.history('news', { limit: 300 });
tell('logged', publications.map(({ data }) => data));
centrifuge.disconnect();
