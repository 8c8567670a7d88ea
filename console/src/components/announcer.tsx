import { create } from "zustand";

/** The last announcement; `id` tells two of the same text apart. */
const useAnnouncement = create<{ readonly id: number; readonly text: string }>()(() => ({ id: 0, text: "" }));

/** Says that something is done: shown at the window's edge, and read by screen readers when they are free. */
export function announce(text: string): void {
  useAnnouncement.setState(({ id }) => ({ id: id + 1, text }));
}

/** Where announcements appear; once in the console. */
export function Announcer() {
  const { id, text } = useAnnouncement();
  return (
    <div className="announcer" role="status" aria-live="polite">
      {text === "" ? undefined : (
        <p key={id} className="announcement">
          {text}
        </p>
      )}
    </div>
  );
}
