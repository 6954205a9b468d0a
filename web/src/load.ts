// What a view asks the server for: loading, there, or failed; asked anew when what it is of changes,
// and when the connection is back after it had failed.
import { useEffect, useRef, useState } from 'preact/hooks';
import { resumptions } from './live/connection';

export type Loaded<T> = { data: T | null; error: string; again: () => void };

export function useLoaded<T>(ask: () => Promise<T>, of: unknown[], everySeconds = 0): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState('');
  const [turn, setTurn] = useState(0);
  const hasFailed = useRef(false);
  useEffect(() => {
    setData(null);
    setError('');
  }, of);
  useEffect(() => {
    let isCurrent = true;
    const load = () =>
      ask().then(
        (answer) => {
          if (!isCurrent) return;
          hasFailed.current = false;
          setData(answer);
          setError('');
        },
        (problem: Error) => {
          if (!isCurrent) return;
          hasFailed.current = true;
          setError(problem.message);
        },
      );
    void load();
    const timer = everySeconds > 0 ? window.setInterval(load, everySeconds * 1000) : 0;
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [...of, turn]);
  const again = () => setTurn((last) => last + 1);
  useEffect(() => resumptions.subscribe(() => hasFailed.current && again()), []);
  return { data, error, again };
}
