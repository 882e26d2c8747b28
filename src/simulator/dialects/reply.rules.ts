/** A reply before it becomes bytes. */
export type Reply = Readonly<{
  status: number;
  contentType: string;
  text: string;
  headers?: Readonly<Record<string, string>>;
}>;
