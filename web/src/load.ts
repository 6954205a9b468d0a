// What a view asks the server for: loading, there, or failed; asked anew when what it is of changes.
import { useEffect, useState } from 'preact/hooks';

export type Loaded<T> = { data: T | null; error: string; again: () => void };

export function useLoaded<T>(ask: () => Promise<T>, of: unknown[], everySeconds = 0): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState('');
  const [turn, setTurn] = useState(0);
  useEffect(() => setData(null), of);
  useEffect(() => {
    let isCurrent = true;
    const load = () =>
      ask().then(
        (answer) => {
          if (!isCurrent) return;
          setData(answer);
          setError('');
        },
        (problem: Error) => {
          if (isCurrent) setError(problem.message);
        },
      );
    void load();
    const timer = everySeconds > 0 ? window.setInterval(load, everySeconds * 1000) : 0;
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [...of, turn]);
  return { data, error, again: () => setTurn(turn + 1) };
}
