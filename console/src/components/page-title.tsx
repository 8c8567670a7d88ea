import { type ReactNode, useEffect, useLayoutEffect } from "react";
import { endEarlyPage } from "./end-early-page.ts";

interface PageTitleProps {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: ReactNode;
  /** Buttons beside the title. */
  readonly children?: ReactNode;
}

/** The heading of a page, which the window's title has too. */
export function PageTitle({ title, lead, children }: PageTitleProps) {
  useLayoutEffect(endEarlyPage, []);
  useEffect(() => {
    document.title = `${title} · Sluice`;
  }, [title]);
  return (
    <header className="page-title">
      <div>
        <h1>{title}</h1>
        {lead === undefined ? undefined : <p className="quiet">{lead}</p>}
      </div>
      {children === undefined ? undefined : <div className="actions">{children}</div>}
    </header>
  );
}
