import type { Problem } from '../api/reply';

/** What to do after a request that is not repeated because it may have been carried out. */
const NOT_REPEATED =
	'Kling may have carried it out and charged for it. It knows no ID of ours here, so it cannot be looked for and is not sent again, also not by Retry On Fail. To have it made once more, run the workflow again.';

/** The same problem in the words of a request without an external id. */
export const inWordsOfUnnamed = (problem: Problem): Problem =>
	problem.mayBeDone === true ? { ...problem, advice: NOT_REPEATED } : problem;
