import { useRouteContext } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Mark } from "../../../../ui/components/mark.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { PreferenceFields } from "../../shell/preference-fields.tsx";

interface EntranceProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

/** The frame of the pages before the sign-in. */
export function Entrance({ title, lead, children }: EntranceProps) {
  const { config } = useRouteContext({ from: "__root__" });
  return (
    <main className="entrance">
      <p className="brand" translate="no">
        <Mark />
        {config.title}
      </p>
      <PageTitle title={title} lead={lead} />
      {children}
      <footer className="preferences">
        <PreferenceFields />
      </footer>
    </main>
  );
}
