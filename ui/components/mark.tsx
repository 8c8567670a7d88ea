/** The mark of Sluice: a gate that lifts, and water that begins to run. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark-frame" d="M3 4.5h26M6.5 4.5v22M25.5 4.5v22" />
      <path className="mark-gate" d="M10.5 8.5h11v6h-11z" />
      <path
        className="mark-flow"
        d="M10.5 20.5c2-1.6 3.5-1.6 5.5 0s3.5 1.6 5.5 0M10.5 26c2-1.6 3.5-1.6 5.5 0s3.5 1.6 5.5 0"
      />
    </svg>
  );
}
