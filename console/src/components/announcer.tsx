import { useState } from "react";
import { create } from "zustand";

/** The last announcement and its time; `id` tells two of the same text apart. */
interface Announcement {
  readonly id: number;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const useAnnouncement = create<Announcement>()(() => ({ id: 0, text: "", at: 0 }));
/** A dialog that follows another one shows what was announced so long before it. */
const RECENT_MS = 1000;

/** Says that something is done: shown at the window's edge, and read by screen readers when they are free. */
export function announce(text: string): void {
  useAnnouncement.setState(({ id }) => ({ id: id + 1, text, at: Date.now() }));
}

/** Where announcements appear: in the window, and in each dialog, which shows none of long before it was opened. */
export function Announcer() {
  const { id, text } = useAnnouncement();
  const [last] = useState(lastBefore);
  return (
    <div className="announcer" role="status" aria-live="polite">
      {id <= last ? undefined : (
        <p key={id} className="announcement">
          {text}
        </p>
      )}
    </div>
  );
}

/** The last announcement that somebody who comes now has missed. */
function lastBefore(): number {
  const { id, at } = useAnnouncement.getState();
  return Date.now() - at < RECENT_MS ? id - 1 : id;
}
