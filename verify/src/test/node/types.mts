// What the declarations of openline.js let a program write, and what not. Only compiled.
import { Openline, OpenlineError, type LineState, type Publication, type Subscription } from 'openline';
import { Outbox, OutboxError, type Applied, type WaitingPublish } from 'openline/outbox';
import { outboxFor } from 'openline/outbox-centrifuge';
import { SharedWebSocket } from 'openline/shared';
import { Centrifuge } from 'centrifuge';

interface Said {
  text: string;
}

const outbox: Outbox = new Outbox({ name: 'ann', maxEntries: 3, indexedDB: null });
const line = new Openline('/connection/websocket', {
  token: async () => 'a token',
  headers: { authorization: 'x' },
  outbox,
  WebSocket: SharedWebSocket.named('ann'),
});
new Openline('wss://server/connection/websocket', { WebSocket, token: 'a token' });
line.connect({ signal: AbortSignal.timeout(1_000) });
line.on('state', (event: LineState) => event.state === 'connecting' && event.delay.toFixed());
line.on('publication', ({ channel, publication, how }) => [channel.length, publication.offset, how === 'live']);
line.on('subscription', (event) => event.state === 'subscribed' && [event.channel, event.recovered]);

const subscription: Subscription<Said> = line.subscribe<Said>('c', {
  delta: 'fossil',
  since: { offset: 1 },
  maxUnread: 3,
  onPublication: ({ data }) => data.text.length,
});
for await (const publication of subscription) {
  const typed: Publication<Said> = publication;
  typed.data.text.length;
}
for await (const { data } of line.log<number>('c', { pageSize: 3, reverse: true })) data.toFixed();

const applied: Applied = await outbox.publish('c', 1, { signal: new AbortController().signal });
applied.offset?.toFixed();
outbox.addEventListener('settled', ({ detail: { key, error } }) => [key.length, error]);
outbox.addEventListener('change', () => outbox.waiting.map((one: WaitingPublish) => one.kept && one.tried > 0));
outboxFor(new Centrifuge('wss://server/'), { keptMs: 1 }).count.toFixed();

try {
  await subscription.publish({ text: 'x' });
} catch (error) {
  if (error instanceof OpenlineError) error.temporary satisfies boolean;
  if (error instanceof OutboxError) error.code.toFixed();
}

// @ts-expect-error there is one kind of delta
line.subscribe('c', { delta: 'other' });
// @ts-expect-error what is published is what is heard
subscription.publish({ word: 'x' });
// @ts-expect-error no such event
line.on('statte', () => {});
// @ts-expect-error the client keeps it
outbox.count = 1;
