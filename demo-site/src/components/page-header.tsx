import { Mark } from "../../../ui/components/mark.tsx";
import type { SiteConfig } from "../api/config.ts";

interface PageHeaderProps {
  readonly config: SiteConfig;
  /** Whether the configuration is the service's; until then there is room for all links. */
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
        <a href={`${apiUrl}/reference`} className={isReady ? undefined : "unknown"}>
          API reference
        </a>
        {isReady && console === undefined ? undefined : (
          <a href="/dashboard" className={isReady ? undefined : "unknown"}>
            Console
          </a>
        )}
        {isReady && console?.people !== true ? undefined : (
          <a href="/signup" className={isReady ? undefined : "unknown"}>
            Sign up
          </a>
        )}
      </nav>
      <p className={isReady ? "chip" : "chip unknown"}>
        <span className="visually-hidden">Environment: </span>
        {isReady ? environment : "…"}
      </p>
    </header>
  );
}
