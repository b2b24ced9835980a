/** What went wrong, by its stable code: a refusal, a failed save, or a server that cannot be reached. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 0,
    readonly field?: string,
  ) {
    super(message);
  }
}
