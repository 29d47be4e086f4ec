// How far the server's clock is from this page's, so that "how late" compares like with like.
const SAMPLES = 5;
const AGAIN_MS = 60_000;

let offset = 0;

/** The time by the server's clock, in ms; good to about half of the shortest round trip. */
export const serverNow = () => Date.now() + offset;

async function sample() {
  const sent = performance.now();
  const answer = await (await fetch('/demo/time', { cache: 'no-store' })).json();
  const roundTrip = performance.now() - sent;
  return { roundTrip, offset: answer.now + roundTrip / 2 - Date.now() };
}

/** The sample with the shortest round trip has the least room for error. */
export async function estimateClock() {
  const samples = [];
  for (let i = 0; i < SAMPLES; i++) {
    try {
      samples.push(await sample());
    } catch {
      // no network just now; whatever was measured has to do
    }
  }
  samples.sort((a, b) => a.roundTrip - b.roundTrip);
  if (samples.length) offset = samples[0].offset;
}

setInterval(estimateClock, AGAIN_MS);
