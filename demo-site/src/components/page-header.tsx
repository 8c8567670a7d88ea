/** The page's name, with the mark: a gate that lifts, and water that begins to run. */
export function PageHeader({ title, environment }: { readonly title: string; readonly environment: string }) {
  return (
    <header className="page-header">
      <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
        <path className="mark-frame" d="M3 4.5h26M6.5 4.5v22M25.5 4.5v22" />
        <path className="mark-gate" d="M10.5 8.5h11v6h-11z" />
        <path
          className="mark-flow"
          d="M10.5 20.5c2-1.6 3.5-1.6 5.5 0s3.5 1.6 5.5 0M10.5 26c2-1.6 3.5-1.6 5.5 0s3.5 1.6 5.5 0"
        />
      </svg>
      <h1>{title}</h1>
      <p className="chip">
        <span className="visually-hidden">Environment: </span>
        {environment}
      </p>
    </header>
  );
}
