// Preview requests: at most one at a time, and the newest wish wins.

/**
 * Returns `ask(wish)`. `fetch(wish, signal)` promises an answer, `show(answer, wish)` or `fail(error, wish)` take it.
 *
 * A draft takes a few milliseconds, so what comes meanwhile waits for it, and only the last of that is sent. A whole avatar
 * may take seconds where it is an animation: it is given up as soon as something newer is wanted.
 */
export function newestWins(fetch, show, fail) {
  let waiting = null;
  let running = null;

  async function run(wish) {
    const abort = new AbortController();
    running = { wish, abort };
    try {
      const answer = await fetch(wish, abort.signal);
      if (!abort.signal.aborted) show(answer, wish);
    } catch (error) {
      if (!abort.signal.aborted) fail(error, wish);
    }
    running = null;
    if (waiting) {
      const next = waiting;
      waiting = null;
      run(next);
    }
  }

  return (wish) => {
    if (!running) {
      run(wish);
      return;
    }
    waiting = wish;
    if (!running.wish.draft) running.abort.abort();
  };
}
