// Hooks that load and follow what the server has.

import { useCallback, useEffect, useRef, useState } from '../vendor/preact-htm.js';
import { get, listen } from './api.js';

// useLoaded gets a path, and again after reload(). A path of null gets nothing.
export function useLoaded(path) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    const aborted = new AbortController();
    get(path, aborted.signal)
      .then((value) => setState({ value, path }))
      .catch((problem) => problem.name === 'AbortError' || setState({ problem, path }));
    return () => aborted.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { ...(state.path === path ? state : {}), reload };
}

const retryAfter = 2000;

// useLive calls onEvent with each event of a stream, and connects again if it breaks. It
// returns the problem, if there is one.
export function useLive(path, onEvent) {
  const [problem, setProblem] = useState(null);
  const handle = useRef(onEvent);
  handle.current = onEvent;
  useEffect(() => {
    if (path === null) return undefined;
    const aborted = new AbortController();
    follow(path, (event) => { setProblem(null); handle.current(event); }, setProblem, aborted.signal);
    return () => aborted.abort();
  }, [path]);
  return problem;
}

async function follow(path, onEvent, onProblem, signal) {
  while (!signal.aborted) {
    try {
      await listen(path, onEvent, signal);
    } catch (problem) {
      if (signal.aborted) return;
      onProblem(problem);
      if (problem.kind === 'token') return;
    }
    await new Promise((resolve) => { setTimeout(resolve, retryAfter); });
  }
}

// useSettled returns a value once it has not changed for a while.
export function useSettled(value, milliseconds = 250) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

// useTask runs one thing at a time and keeps its problem: run(do) awaits do().
export function useTask() {
  const [state, setState] = useState({ busy: false, problem: null });
  const run = async (what) => {
    setState({ busy: true, problem: null });
    try {
      await what();
      setState({ busy: false, problem: null });
    } catch (problem) {
      setState({ busy: false, problem });
    }
  };
  return { ...state, run };
}

// useKept is useLoaded that shows the last value while it loads again.
export function useKept(path) {
  const loaded = useLoaded(path);
  const last = useRef(null);
  if (loaded.value) last.current = loaded.value;
  return { ...loaded, value: loaded.value ?? (loaded.problem ? undefined : last.current ?? undefined) };
}
