import type { RequestHandler } from 'express';

/** Names of this machine for itself, with any port: one may lead to this server from elsewhere. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Of a browser that was not sent here by a page of another site. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Refuses what a page of another origin makes a browser send. A page whose name was made to lead here has its own name
 * in `Host`; other pages are told by `Origin` or `Sec-Fetch-Site`. What is no browser sends neither.
 */
export const fromOwnMachine: RequestHandler = ({ headers }, res, next) => {
	const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
	const isOwn =
		LOOPBACK.test(host) &&
		(origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`) &&
		OWN_SITES.some((own) => own === site);
	if (isOwn) {
		next();
		return;
	}
	const message = 'The remote control answers its own machine only, and no page of another origin';
	res.status(403).json({ ok: false, message });
};
