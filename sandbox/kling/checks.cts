import { type RawResponse, klingError } from './errors.cjs';
import type { NewTask } from './task.cjs';

export const MAX_NAME_LENGTH = 20;

type CreateBody = Record<string, unknown>;

/** Kling's own example sends empty strings for what is not meant: they count as not sent. */
function text(body: CreateBody, key: string): string | undefined {
	const value = body[key];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const textKeys = ['voice_name', 'voice_url', 'video_id', 'callback_url', 'external_task_id'];

/** Rules of `create`, in the order in which they are checked. */
const createRules: { broken: (body: CreateBody) => boolean; message: string }[] = [
	{
		broken: (body) =>
			textKeys.some(
				(key) => body[key] !== undefined && body[key] !== null && typeof body[key] !== 'string',
			),
		message: `${textKeys.join(', ')} must be strings`,
	},
	{
		broken: (body) => (text(body, 'voice_name') ?? '').trim() === '',
		message: 'voice_name is required',
	},
	{
		broken: (body) => [...(text(body, 'voice_name') ?? '')].length > MAX_NAME_LENGTH,
		message: `voice_name must be at most ${MAX_NAME_LENGTH} characters`,
	},
	{
		broken: (body) =>
			(text(body, 'voice_url') === undefined) === (text(body, 'video_id') === undefined),
		message: 'exactly one of voice_url and video_id is required',
	},
	{
		broken: (body) => !isHttp(text(body, 'voice_url') ?? 'http://none'),
		message: 'voice_url is not a valid http(s) address',
	},
	{
		broken: (body) => !isHttp(text(body, 'callback_url') ?? 'http://none'),
		message: 'callback_url is not a valid http(s) address',
	},
];

export function checkCreate(body: CreateBody): NewTask | RawResponse {
	const rule = createRules.find(({ broken }) => broken(body));
	if (rule) return klingError(1201, rule.message);
	const task: NewTask = { voice_name: text(body, 'voice_name') ?? '' };
	for (const key of ['voice_url', 'video_id', 'callback_url', 'external_task_id'] as const) {
		const value = text(body, key);
		if (value !== undefined) task[key] = value;
	}
	return task;
}

export interface PageQuery {
	pageNum: number;
	pageSize: number;
}

const MAX_PAGE = 1000;
const pageDefaults: PageQuery = { pageNum: 1, pageSize: 30 };

/** Both run from 1 to 1000. */
export function checkPage(query: Record<string, unknown>): PageQuery | RawResponse {
	const page = { ...pageDefaults };
	for (const key of ['pageNum', 'pageSize'] as const) {
		const given = query[key];
		if (given === undefined) continue;
		const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : 0;
		if (value < 1 || value > MAX_PAGE) {
			return klingError(1201, `${key} must be a whole number from 1 to ${MAX_PAGE}`);
		}
		page[key] = value;
	}
	return page;
}
