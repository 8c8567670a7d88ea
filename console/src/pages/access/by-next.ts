/** A page of groups in the shape of the other lists: its cursor is `next`. */
export function byNext<Item>(page: {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next: string | null;
}) {
  return { data: page.data, has_more: page.has_more, last_id: page.next };
}
