import { damaged, headerOf, type Boxes } from './boxes';

/** A box that is held. */
export interface Part {
	type: string;
	content: Buffer;
}

/** The boxes in a small one: fragments come by the ten thousand, so there is no waiting between their parts. */
export function* partsOf(content: Buffer, boxes: Boxes): Generator<Part, void, undefined> {
	for (let at = 0; at + 8 <= content.length;) {
		boxes.count();
		const header = headerOf(content.subarray(at, at + 16), content.length - at);
		if (!header) return;
		const end = at + header.size;
		if (end > content.length) throw damaged('one of its parts is larger than the part around it');
		yield { type: header.type, content: content.subarray(at + header.bytes, end) };
		at = end;
	}
}
