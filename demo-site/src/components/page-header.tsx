import { Mark } from "../../../ui/components/mark.tsx";

/** The page's name, with the mark. */
export function PageHeader({ title, environment }: { readonly title: string; readonly environment: string }) {
  return (
    <header className="page-header">
      <Mark />
      <h1>{title}</h1>
      <p className="chip">
        <span className="visually-hidden">Environment: </span>
        {environment}
      </p>
    </header>
  );
}
