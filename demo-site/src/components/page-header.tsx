import { Mark } from "../../../ui/components/mark.tsx";
import type { SiteConfig } from "../api/config.ts";

interface PageHeaderProps {
  readonly config: SiteConfig;
  /** Whether the configuration is the service's. Links that it does not have leave their room, so that nothing below them moves. */
  readonly isReady: boolean;
}

/** The page's name, with the mark, and where to go from here. */
export function PageHeader({ config, isReady }: PageHeaderProps) {
  const { title, environment, apiUrl, console } = config;
  return (
    <header className="page-header">
      <Mark />
      <h1>{title}</h1>
      <nav className="page-links" aria-label="Documentation and console">
        <a href="#start">Quick start</a>
        <a href="/docs">Docs</a>
        <a href={`${apiUrl}/reference`} className={isReady ? undefined : "unknown"}>
          API reference
        </a>
        <a href="/dashboard" className={isReady && console !== undefined ? undefined : "unknown"}>
          Console
        </a>
        <a href="/signup" className={isReady && console?.people === true ? undefined : "unknown"}>
          Sign up
        </a>
      </nav>
      <p className={isReady ? "chip" : "chip unknown"}>
        <span className="visually-hidden">Environment: </span>
        {isReady ? environment : "…"}
      </p>
    </header>
  );
}
