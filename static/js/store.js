// One value, one setter, and a set of listeners. State is frozen: it is replaced, never changed.

/**
 * @template {object} S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  /** @type {Set<() => void>} */
  const listeners = new Set();

  return {
    get: () => state,

    /** @param {Partial<S>} patch */
    set(patch) {
      const names = /** @type {(keyof S)[]} */ (Object.keys(patch));
      if (names.every((name) => Object.is(state[name], patch[name]))) return;
      state = Object.freeze({ ...state, ...patch });
      for (const listener of [...listeners]) listener();
    },

    /**
     * Call render now, and again whenever one of the selected values has changed.
     * @param {(state: S) => unknown[]} select
     * @param {(state: S) => void} render
     * @returns {() => void} stops watching
     */
    watch(select, render) {
      let last = select(state);
      const listener = () => {
        const next = select(state);
        if (next.every((value, k) => Object.is(value, last[k]))) return;
        last = next;
        render(state);
      };
      listeners.add(listener);
      render(state);
      return () => listeners.delete(listener);
    },
  };
}
