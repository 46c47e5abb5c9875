import type { Problem } from '../api/reply';

/** What to do after a request that is not repeated because it may have been carried out. */
const NOT_REPEATED =
	'Kling may have carried out the request and charged for it. Such a request has no external task ID to look for, so it is not sent again, not even with Retry On Fail. To have it made once more, run the workflow again.';

/** The same problem in the words of a request without an external id. */
export const inWordsOfUnnamed = (problem: Problem): Problem =>
	problem.mayBeDone === true ? { ...problem, advice: NOT_REPEATED } : problem;
