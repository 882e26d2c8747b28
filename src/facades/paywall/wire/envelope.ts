/** What a service answers: `ErrorCode` is 0 and `Message` empty where nothing else is said. */
export type Reply = Readonly<{ body: unknown; code?: number; message?: string }>;

/** The envelope of every answer, in the member names that clients read by their exact letters. */
export const envelope = ({ body, code = 0, message = "" }: Reply) => ({
  ErrorCode: code,
  Result: code === 0,
  Message: message,
  Body: body ?? null,
});

/** Success with a result, or with none. */
export const ok = (body: unknown = null): Reply => ({ body });

/** Success as the services that move money back say it. */
export const success: Reply = { body: null, message: "Success" };
