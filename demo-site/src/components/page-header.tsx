import { Mark } from "../../../ui/components/mark.tsx";
import type { SiteConfig } from "../api/config.ts";

/** The page's name, with the mark, and where to go from here. */
export function PageHeader({ config }: { readonly config: SiteConfig }) {
  const { title, environment, apiUrl, console } = config;
  return (
    <header className="page-header">
      <Mark />
      <h1>{title}</h1>
      <nav className="page-links" aria-label="Documentation and console">
        <a href="#start">Quick start</a>
        <a href={`${apiUrl}/reference`}>API reference</a>
        {console === undefined ? undefined : <a href="/dashboard">Console</a>}
        {console?.people === true ? <a href="/signup">Sign up</a> : undefined}
      </nav>
      <p className="chip">
        <span className="visually-hidden">Environment: </span>
        {environment}
      </p>
    </header>
  );
}
