/** Kling's own ids have 18 digits, an external one is a user's text. */
const LONGEST_ID = 128;

/**
 * Whether an id that a call names may be kept and looked up: any text of up to 128 characters that can stand in a path.
 */
export function isCallId(id: string | undefined): id is string {
	if (id === undefined || id.length === 0 || id.length > LONGEST_ID) return false;
	return id !== '.' && id !== '..' && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(id);
}
