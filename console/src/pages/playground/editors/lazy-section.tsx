import { type ReactNode, Suspense, useState } from "react";

interface LazySectionProps {
  readonly title: string;
  readonly className?: string;
  /** Lazy components. */
  readonly children: ReactNode;
}

/** Content that is loaded when it is opened, and then stays. */
export function LazySection({ title, className = "", children }: LazySectionProps) {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details
      className={`disclosure ${className}`}
      // A section within this one says so too.
      onToggle={({ target, currentTarget }) => {
        if (target === currentTarget && currentTarget.open) setOpened(true);
      }}
    >
      <summary>{title}</summary>
      {wasOpened ? <Suspense fallback={null}>{children}</Suspense> : undefined}
    </details>
  );
}
