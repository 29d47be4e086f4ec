/** openline-outbox-centrifuge.js: the outbox on the line of the official SDK, for servers with the RPC `openline.publish`. */
import { Outbox } from './openline-outbox.js';

/** @param centrifuge a `Centrifuge`; it stays yours, and is not connected by this */
export function outboxFor(centrifuge, options) {
  const outbox = new Outbox(options).use(async (entry) => (await centrifuge.rpc('openline.publish', entry)).data);
  centrifuge.on('connected', () => outbox.resume());
  centrifuge.on('connecting', () => outbox.pause());
  centrifuge.on('disconnected', () => outbox.pause());
  if (centrifuge.state === 'connected') outbox.resume();
  return outbox;
}
