import { unwrap } from '../../nodes/Kling/api/envelope';
import type { Problem } from '../../nodes/Kling/api/reply';
import { refusalOf } from '../support/answers.cjs';

const PAGE =
	'<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

type Case = [name: string, httpStatus: number, body: unknown, expected: Partial<Problem>];

const says = (text: string): string => expect.stringContaining(text) as string;

describe('An answer that is not a JSON object', () => {
	test.each<Case>([
		[
			'a 502 page',
			502,
			PAGE,
			{ cause: 'unreadable', retry: 'afterLook', what: says('502 Bad Gateway') },
		],
		[
			'a web app behind a 200',
			200,
			PAGE,
			{ cause: 'notOffered', retry: 'afterLook', advice: says('base URL') },
		],
		['a login page', 403, PAGE, { cause: 'unreadable', retry: 'never', advice: says('base URL') }],
		[
			'plain text',
			504,
			'upstream timed out',
			{ retry: 'afterLook', what: says('upstream timed out') },
		],
		['plain text in a 429', 429, 'slow down', { cause: 'unreadable', retry: 'afterPause' }],
		['null', 200, 'null', { cause: 'unreadable' }],
		['cut JSON', 200, '{"code":0,"data":{"task_', { cause: 'unreadable', retry: 'afterLook' }],
		['an empty 500', 500, '', { cause: 'server', retry: 'afterLook' }],
		['an empty 401', 401, '', { cause: 'account', retry: 'never' }],
		['a plain 404', 404, '404 page not found', { cause: 'notOffered', retry: 'never' }],
		['an empty 404', 404, '', { cause: 'notOffered', retry: 'never' }],
		['a redirect', 301, '', { retry: 'never' }],
	])('is refused with what it is: %s', (_name, httpStatus, body, expected) => {
		expect(refusalOf(httpStatus, body)).toMatchObject({ httpStatus, ...expected });
	});

	test('is shown without tags, scripts and styles when it is a web page', () => {
		const page = '<html><style>b{}</style><script>evil()</script><b>Gateway\n  down</b></html>';
		expect(refusalOf(502, page).what).toMatch(/: "Gateway down"$/);
	});

	test.each(['<script', '<style>', '<'])(
		'is read in time when it is a page of nothing but %s',
		(tag) => {
			const started = Date.now();
			refusalOf(502, tag.repeat(60_000));
			// A reader that goes over the rest of the page again for each tag takes ten times as long.
			expect(Date.now() - started).toBeLessThan(2_000);
		},
	);

	test('keeps Retry-After in any form', () => {
		for (const text of ['', 'slow down', '{"code":1302}']) {
			const reply = unwrap({ httpStatus: 429, text, retryAfterMs: 7_000 });
			expect(reply).toMatchObject({ ok: false, problem: { retryAfterMs: 7_000 } });
		}
	});
});
