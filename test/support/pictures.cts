import { deflateSync } from 'node:zlib';

/** The beginning of a png of a size; what follows is of no interest to who reads the header. */
export function png(width: number, height: number): Buffer {
	const head = Buffer.alloc(33);
	head.write('\x89PNG\r\n\x1a\n', 'latin1');
	head.writeUInt32BE(13, 8);
	head.write('IHDR', 12, 'latin1');
	head.writeUInt32BE(width, 16);
	head.writeUInt32BE(height, 20);
	head.set([8, 2, 0, 0, 0], 24);
	return Buffer.concat([head, deflateSync(Buffer.alloc(64))]);
}

/** The same of a jpg. @param before bytes of a segment in front of the size, as a camera writes them */
export function jpg(width: number, height: number, before = 20): Buffer {
	const segment = Buffer.alloc(4 + before);
	segment.writeUInt16BE(0xffe1, 0);
	segment.writeUInt16BE(2 + before, 2);
	const frame = Buffer.alloc(19);
	frame.writeUInt16BE(0xffc2, 0);
	frame.writeUInt16BE(17, 2);
	frame[4] = 8;
	frame.writeUInt16BE(height, 5);
	frame.writeUInt16BE(width, 7);
	return Buffer.concat([Buffer.from([0xff, 0xd8]), segment, frame, Buffer.alloc(64)]);
}
