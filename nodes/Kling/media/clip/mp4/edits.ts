import type { Edit, SoundTrack } from './track';

/** Units of the movie are as long as a millisecond, or longer. */
const ROUNDING_SECONDS = 0.05;

/**
 * What is left of the sound of a track after its edits, in seconds. Silence before it is no sound.
 * @param units of all its samples, with those in fragments
 * @param timescale of the movie
 */
export function editedSeconds(track: SoundTrack, units: number, timescale: number): number {
	const seconds = units / track.timescale;
	const played = track.edits.filter(({ start }) => start >= 0);
	if (played.length === 0 || timescale === 0) return seconds;
	const withoutFragments = track.units / track.timescale;
	const hasMore = units > track.units;
	return played.reduce((sum, edit, index) => {
		const start = edit.start / track.timescale;
		const wanted = edit.duration / timescale;
		const isLast = index === played.length - 1;
		// Recorders write the list of tracks after the first part, and do not update it for what follows.
		const isOpen = isLast && hasMore && start + wanted >= withoutFragments - ROUNDING_SECONDS;
		return sum + lengthOf(edit, isOpen, seconds - start, wanted);
	}, 0);
}

function lengthOf({ duration }: Edit, isOpen: boolean, left: number, wanted: number): number {
	return Math.max(0, duration === 0 || isOpen ? left : Math.min(wanted, left));
}
