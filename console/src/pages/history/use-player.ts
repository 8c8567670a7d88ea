import { useCallback, useEffect, useRef, useState } from "react";

export const SPEEDS = [1, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Player {
  readonly atMs: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  readonly play: () => void;
  readonly pause: () => void;
  readonly setSpeed: (speed: Speed) => void;
  /** Goes to a time and stays there. */
  readonly seek: (atMs: number) => void;
}

/** A clock that plays from 0 to `durationMs` by the browser's frames, at a speed. */
export function usePlayer(durationMs: number): Player {
  const [atMs, setAt] = useState(durationMs);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const at = useRef(durationMs);
  const seekTo = useCallback((ms: number) => {
    at.current = ms;
    setAt(ms);
  }, []);
  useEffect(() => {
    if (!isPlaying) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      const next = Math.min(at.current + Math.max(now - before, 0) * speed, durationMs);
      before = now;
      seekTo(next);
      if (next >= durationMs) setPlaying(false);
      else frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, speed, durationMs, seekTo]);
  return {
    atMs,
    isPlaying,
    speed,
    setSpeed,
    play: () => {
      if (at.current >= durationMs) seekTo(0);
      setPlaying(true);
    },
    pause: () => setPlaying(false),
    seek: (ms) => {
      setPlaying(false);
      seekTo(Math.min(Math.max(ms, 0), durationMs));
    },
  };
}
