import { timesOf, type Lengths, type Times } from '../../nodes/Kling/resources/video/times';

const VOLUMES = { sound_volume: 1, original_audio_volume: 1 };
const face = { id: '0', startMs: 500, endMs: 4500 };

const placed = (times: Partial<Times>, lengths: Lengths) => {
	const reply = timesOf({ volumes: VOLUMES, ...times }, face, lengths);
	return reply.ok ? reply.value : reply.problem.what;
};

test.each<[string, Partial<Times>, Lengths, [number, number, number]]>([
	['the whole sound from where the face appears', {}, { soundMs: 3000 }, [0, 3000, 500]],
	['no more than the video is long', {}, { soundMs: 9000, videoMs: 5000 }, [0, 4500, 500]],
	['what the user says', { startMs: 1000, endMs: 3500, insertMs: 0 }, {}, [1000, 3500, 0]],
	['a part from a time on', { startMs: 1000 }, { soundMs: 3500 }, [1000, 3500, 500]],
])('the times of a lip-sync are %s', (_name, times, lengths, [start, end, insert]) => {
	expect(placed(times, lengths)).toEqual({
		sound_start_time: start,
		sound_end_time: end,
		sound_insert_time: insert,
		...VOLUMES,
	});
});

test.each<[string, Partial<Times>, Lengths, string]>([
	['a sound of 1.9 s', {}, { soundMs: 1900 }, 'Only 1.9 s of the sound would be spoken'],
	['an end before the start', { startMs: 3000, endMs: 1000 }, {}, 'Only 0 s of the sound'],
	[
		'a face that is gone by then',
		{ insertMs: 3000 },
		{ soundMs: 4000 },
		'The face is visible from 0.5 to 4.5 s',
	],
	['a sound of unknown length', {}, {}, 'The length of the speech is not known'],
])('%s is refused before the video is paid for', (_name, times, lengths, what) => {
	expect(placed(times, lengths)).toContain(what);
});
