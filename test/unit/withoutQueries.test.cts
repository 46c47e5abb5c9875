import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { problemFrom, problemFromText } from '../../nodes/Kling/api/errors';
import { withoutQueries } from '../../nodes/Kling/api/foreign';
import { readTask } from '../../nodes/Kling/tasks/task';

const CLIP = 'https://files.example.com/a.mp3';
const SIGNED = `${CLIP}?X-Amz-Signature=0123&x=1`;

test.each([
	['nothing to hide', 'nothing to hide'],
	['really? yes', 'really? yes'],
	[SIGNED, `${CLIP}?…`],
	[`"${SIGNED}" and HTTP://a.example/b?c=d!`, `"${CLIP}?…" and HTTP://a.example/b?…`],
	[`<a href='${SIGNED}'>x</a>`, `<a href='${CLIP}?…'>x</a>`],
	['at https://user:pass@a.example/b now', 'at https://a.example/b now'],
	[
		'https://api.telegram.org/file/bot12:AB-c_d/voice/a.oga',
		'https://api.telegram.org/file/bot…/voice/a.oga',
	],
	[`${CLIP} is fine`, `${CLIP} is fine`],
])('the text "%s" loses the queries of its addresses', (text, shown) => {
	expect(withoutQueries(text)).toBe(shown);
});

test('a text of nothing but beginnings of addresses is read in time', () => {
	const started = performance.now();
	withoutQueries('http://'.repeat(100_000));
	// A reader that goes over the rest of the text again for each of them takes minutes.
	expect(performance.now() - started).toBeLessThan(2_000);
});

test('no refusal, page or reason of a failed task shows the query of an address', () => {
	const refusal = problemFrom({ httpStatus: 400, code: '1201', message: `${SIGNED} is away` });
	const page = problemFromText(502, `<html>No answer for ${SIGNED}</html>`);
	const task = readTask({ task_status: 'failed', task_status_msg: `no ${SIGNED}` }, CUSTOM_VOICE);
	expect(refusal.what).toContain(`${CLIP}?… is away`);
	for (const text of [refusal.what, page.what, task.statusMessage]) {
		expect(text).toContain(`${CLIP}?…`);
		expect(text).not.toContain('Signature');
	}
});
