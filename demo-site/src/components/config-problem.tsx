/** Shown instead of the page when it has no address of its API. */
export function ConfigProblem({ problems }: { readonly problems: readonly string[] }) {
  return (
    <main className="page-message">
      <h1>This page has no configuration</h1>
      <p>
        It reads the API’s address and the list of models from <code>/config.json</code> when it starts, and that did
        not work:
      </p>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      <p>The site stack writes this file. Once it is there, load the page again.</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Load again
      </button>
    </main>
  );
}
