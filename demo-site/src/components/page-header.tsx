/** The page's name, with the mark: a gate that lifts, and water that begins to run. */
export function PageHeader({ title, environment }: { readonly title: string; readonly environment: string }) {
  return (
    <header className="page-header">
      <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
        <path className="mark-frame" d="M7 27V5h18v22" />
        <path className="mark-gate" d="M10 5h12v9H10z" />
        <path className="mark-flow" d="M3 22c3.2-2.6 5.4-2.6 8.6 0s5.4 2.6 8.6 0 5.4-2.6 8.8 0" />
      </svg>
      <h1>{title}</h1>
      <p className="chip">
        <span className="visually-hidden">Environment: </span>
        {environment}
      </p>
    </header>
  );
}
