import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from './world.js';

const LOG = { recoverable: true, positioned: true, epoch: 'e1' };

/** A line, and what it told about the subscriptions that the server makes. */
function served(subs) {
  const w = world();
  const heard = [];
  w.line.on('subscription', ({ channel, state, recovered }) => heard.push([channel, state, ...(state === 'subscribed' ? [recovered] : [])]));
  w.line.on('publication', ({ channel, publication, how }) => heard.push([channel, publication.offset, how]));
  w.line.on('join', ({ channel, info }) => heard.push([channel, 'join', info.client]));
  w.line.on('leave', ({ channel, info }) => heard.push([channel, 'leave', info.client]));
  w.connected({ subs });
  return { w, heard: () => heard.splice(0) };
}

function redialled(w, subs) {
  w.socket.cut();
  w.redials();
  return w.accepted({ subs });
}

describe('a subscription that the server makes', () => {
  it('with connect is told after the connection, with what comes on it', () => {
    const { w, heard } = served({ news: { ...LOG, offset: 3 } });
    assert.equal(w.events.at(-1).state, 'connected');
    w.publishes('news', 4);
    w.socket.says({ push: { channel: 'news', join: { info: { user: '', client: 'x' } } } });
    w.socket.says({ push: { channel: 'news', leave: { info: { user: '', client: 'x' } } } });
    assert.deepEqual(heard(), [['news', 'subscribing'], ['news', 'subscribed', false], ['news', 4, 'live'], ['news', 'join', 'x'], ['news', 'leave', 'x']]);
  });

  it('later is told as well', () => {
    const { w, heard } = served();
    w.socket.says({ push: { channel: 'news', subscribe: { ...LOG, offset: 9 } } });
    w.publishes('news', 9, 10);
    assert.deepEqual(heard(), [['news', 'subscribing'], ['news', 'subscribed', false], ['news', 10, 'live']]);
  });

  it('recovers with the next connect', () => {
    const { w, heard } = served({ news: { ...LOG, offset: 3 }, plain: {} });
    w.publishes('news', 4);
    heard();
    const socket = redialled(w, { news: { ...LOG, offset: 4, recovered: true, was_recovering: true, publications: [{ data: 5, offset: 5 }] }, plain: {} });
    assert.deepEqual(socket.commands[0].connect.subs, { news: { recover: true, offset: 4, epoch: 'e1' } });
    assert.deepEqual(heard(), [
      ['news', 'subscribing'], ['plain', 'subscribing'],
      ['news', 'subscribed', true], ['news', 5, 'recovered'],
      ['plain', 'subscribed', false],
    ]);
  });

  it('is over when the server ends it, and not asked for again', () => {
    const { w, heard } = served({ news: LOG });
    heard();
    w.socket.says({ push: { channel: 'news', unsubscribe: { code: 2000, reason: 'server unsubscribe' } } });
    w.publishes('news', 1);
    const socket = redialled(w);
    assert.deepEqual(heard(), [['news', 'unsubscribed']]);
    assert.equal(socket.commands[0].connect.subs, undefined);
  });

  it('is over when the next connect does not bring it', () => {
    const { w, heard } = served({ news: LOG });
    heard();
    redialled(w, {});
    assert.deepEqual(heard(), [['news', 'subscribing'], ['news', 'unsubscribed']]);
  });

  it('forgets its cursor after 3014', () => {
    const { w } = served({ news: { ...LOG, offset: 3 } });
    w.socket.cut(3014);
    w.redials();
    w.socket.open();
    assert.deepEqual(w.socket.commands[0].connect.subs, { news: { recover: true, offset: 0, epoch: '_' } });
  });

  it('does not keep the page from its own subscription to that channel', () => {
    const { w } = served({ news: LOG });
    w.line.subscribe('news');
    w.refuses('subscribe', 105);
    w.publishes('news', 1);
    assert.equal(w.line.state, 'connected');
  });

  it('hears nothing more after a listener disconnected', () => {
    const w = world();
    const heard = [];
    w.line.on('state', ({ state }) => state === 'connected' && w.line.disconnect());
    w.line.on('subscription', (event) => heard.push(event));
    w.connected({ subs: { a: LOG, b: LOG } });
    assert.deepEqual(heard, []);
    assert.equal(w.line.state, 'disconnected');
  });
});
