import { Shelf } from '../../sandbox/kling/media/shelf.cjs';
import { resolveOptions } from '../../sandbox/kling/options.cjs';
import { SeededRandom } from '../../sandbox/kling/random.cjs';
import { TaskBook } from '../../sandbox/kling/taskBook.cjs';

afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

const newBook = () =>
	new TaskBook({
		options: resolveOptions({ submittedMs: 5, processingMs: 5 }),
		random: new SeededRandom(1, 'tasks'),
		judge: () => undefined,
		announce: () => undefined,
		shelf: new Shelf(new SeededRandom(1, 'faces')),
		origin: 'http://127.0.0.1',
		world: {
			judges: false,
			isKkiai: false,
			isVoice: () => false,
			media: () => undefined,
			session: () => undefined,
		},
	});

test('a task of the sandbox ends although the clock ticks while its timer looks at it', () => {
	// Each look at the clock is a millisecond later than the one before.
	let now = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => (now += 1));
	jest.useFakeTimers({ doNotFake: ['Date'] });
	const book = newBook();
	const tasks = Array.from({ length: 9 }, (_, index) => {
		now += index;
		return book.create({ voice_name: 'Narrator A' });
	});
	jest.advanceTimersByTime(1000);
	expect(tasks.map(({ task_status: status }) => status)).toEqual(tasks.map(() => 'succeed'));
});

test('a task of the sandbox is shown as it is now, even before its timer fires', () => {
	let now = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	jest.useFakeTimers({ doNotFake: ['Date'] });
	const book = newBook();
	book.create({ voice_name: 'Narrator A' });
	now = 7;
	expect(book.all).toMatchObject([{ task_status: 'processing' }]);
	now = 10;
	expect(book.all).toMatchObject([
		{ task_status: 'succeed', voices: [{ voice_name: 'Narrator A' }] },
	]);
});
