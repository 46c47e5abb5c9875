#!/bin/sh
# Makes the clips of this folder with the encoders that people use. Run it only to change them: they are committed, so
# that the tests need no encoder. Needs ffmpeg, lame, sox and espeak-ng (Debian 12: apt-get install ffmpeg lame sox
# espeak-ng). Tags, dates and encoder versions are left out, so that the same encoders make the same bytes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ff() { ffmpeg -nostdin -v error -y -fflags +bitexact "$@"; }
# What a file keeps of the program that made it would change with every version of it.
exact='-map_metadata -1 -fflags +bitexact -flags:a +bitexact'

# A speaker: half a minute of sentences, again and again.
espeak-ng -v en-us -s 150 -w "$work/said.wav" 'Good evening, and welcome back to the programme. Tonight we talk about
lighthouses: who built them, who kept them, and why their lamps still turn. The first keeper of this tower rowed out in
the autumn of eighteen hundred and twelve. He took a barrel of oil, a sack of flour and a dog with him. Nobody had told
the dog about the stairs. There are two hundred and seven of them, and the wind comes in at every window. In the morning
he wrote one line into his book: lamp lit, dog tired, sea rough. And so he did for thirty years.'
ff -stream_loop 40 -i "$work/said.wav" -t 130 -ar 16000 -ac 1 -c:a pcm_s16le $exact "$work/speech.wav"

# cut SECONDS OUT [SAMPLE RATE [CODEC]]: that much of the speaker as a wav; few bytes matter more here than a good sound
cut() { ff -i "$work/speech.wav" -t "$1" -ar "${3:-8000}" -ac 1 -c:a "${4:-pcm_u8}" $exact "$2"; }

# --- wav: lengths around the limits
for seconds in 4.9 4.99 5.0 30.0 31; do cut "$seconds" "wav-$seconds.wav"; done
# --- wav: chunks before the sound, other ways to store it
ff -i wav-5.0.wav -c:a copy -metadata title='Lighthouse' -metadata artist='Keeper' -fflags +bitexact wav-list.wav
ff -i wav-5.0.wav -c:a copy -map_metadata -1 -write_bext 1 -metadata description='Lighthouse' wav-bext.wav
ff -i wav-5.0.wav -c:a copy -rf64 always $exact wav-rf64.wav
cut 31 wav-float-31.wav 1000 pcm_f32le
cut 5 wav-alaw.wav 8000 pcm_alaw
cut 5 wav-adpcm.wav 8000 adpcm_ima_wav
# sox writes 24 bits as WAVE_FORMAT_EXTENSIBLE, and comments behind the sound
sox -D -R wav-31.wav -b 24 -r 1000 wav-extensible-31.wav
# --- wav: written into a pipe, where the size cannot be corrected later
ff -i "$work/speech.wav" -t 6 -ar 4000 -c:a pcm_s16le $exact -f wav - | cat > wav-pipe-ffmpeg.wav
sox -D -R "$work/speech.wav" -r 4000 -t wav - trim 0 6 2> "$work/sox.log" | cat > wav-pipe-sox.wav

# --- mp3 by lame: lengths around the limits, with and without its length header, variable bit rate
mp3() { lame --quiet --noreplaygain "$@"; }
# lame adds up to a tenth of a second, and no length header at this rate: 4.8 s become 4.9 s.
for seconds in 4.8 5.0 30.0 31; do
	cut "$seconds" "$work/lame.wav" 16000 pcm_s16le
	mp3 -b 16 "$work/lame.wav" "mp3-$seconds.mp3"
done
cut 8 "$work/8.wav" 16000 pcm_s16le
mp3 -b 40 "$work/8.wav" mp3-header.mp3
mp3 -t -b 40 "$work/8.wav" mp3-no-header.mp3
mp3 -V 9 "$work/8.wav" mp3-vbr.mp3
mp3 -V 9 --resample 8 "$work/lame.wav" mp3-vbr-31.mp3
mp3 -t -V 9 "$work/8.wav" mp3-vbr-no-header.mp3
cut 6 "$work/6.wav" 44100 pcm_s16le
ff -i "$work/6.wav" -ac 2 "$work/stereo.wav"
mp3 -b 64 "$work/stereo.wav" mp3-stereo-44100.mp3
# --- mp3 with a cover picture in front, and a title and a length in its tag
ff -f lavfi -i 'nullsrc=s=256x256,geq=random(1)*255:128:128' -frames:v 1 -q:v 2 -fflags +bitexact "$work/cover.jpg"
ff -i mp3-vbr.mp3 -i "$work/cover.jpg" -map 0:a -map 1:v -c copy -id3v2_version 3 -metadata title='Lighthouse' \
	-metadata TLEN=8000 -disposition:v attached_pic -fflags +bitexact mp3-cover.mp3
# --- two minutes without a length header
cut 125 "$work/125.wav" 8000 pcm_s16le
mp3 -t -b 8 "$work/125.wav" mp3-125.mp3

# --- mp4 and mov by ffmpeg: moov behind, in front, in fragments; other brands; no sound
# video SECONDS OUT OPTIONS
video() { ff -f lavfi -i "testsrc=s=64x64:r=1:d=$1" -i "$work/speech.wav" -t "$1" -c:v libx264 -threads 1 -crf 45 \
	-pix_fmt yuv420p -c:a aac -b:a 16k -ar 16000 $exact -flags:v +bitexact $3 "$2"; }
for seconds in 4.9 5.0 30.0 31; do video "$seconds" "mp4-$seconds.mp4" ''; done
video 8 mp4-faststart.mp4 '-movflags +faststart'
video 8 mp4-fragmented.mp4 '-g 2 -bf 0 -movflags +frag_keyframe+empty_moov'
video 31 mp4-fragmented-31.mp4 '-g 2 -bf 0 -movflags +frag_keyframe+empty_moov+default_base_moof'
video 8 mov-moov-behind.mov ''
video 30.0 mov-30.0.mov ''
video 31 mov-31.mov ''
video 8 mov-faststart.mov '-movflags +faststart'
ff -i mp4-faststart.mp4 -an -c copy $exact mp4-silent.mp4
ff -i mp4-faststart.mp4 -vn -c copy $exact mp4-sound-only.mp4

# --- what Kling does not take
other() { ff -i "$work/6.wav" -t 2 -ar 8000 $exact "$@"; }
other -c:a aac -b:a 16k other.m4a
other -c:a aac -b:a 16k other.aac
other -c:a libvorbis -q:a 0 -serial_offset 1 other.ogg
other -c:a flac other.flac
other -c:a libopus -b:a 12k other.webm
other -c:a libopus -b:a 12k other.mkv
other -ar 16000 -c:a mp2 -b:a 32k other.mp2
other -c:a pcm_s16be other.aiff
other -c:a libmp3lame -b:a 16k other.avi
ff -i mp4-faststart.mp4 -t 2 -c:v libx264 -crf 45 -profile:v baseline -c:a aac -b:a 16k $exact -flags:v +bitexact other.3gp

# --- Opus: a voice message, one of over 30 s, stereo, surround, recordings of a browser (sizes left open), a video
opus() { ff -i "$work/speech.wav" -t "$1" -c:a libopus -b:a 8k $exact $3 "$2"; }
opus 8 opus-voice.ogg '-serial_offset 1'
opus 31 opus-31.ogg '-serial_offset 1'
opus 30.0 opus-30.0.ogg '-serial_offset 1'
opus 6 opus-stereo.ogg '-ac 2 -serial_offset 1'
opus 6 opus-surround.mkv '-ac 6 -b:a 24k'
opus 8 opus-voice.mkv ''
opus 8 opus-voice.webm ''
opus 8 - '-f webm' > opus-browser.webm
ff -f lavfi -i testsrc=s=64x64:r=1:d=6 -i "$work/speech.wav" -t 6 -c:v libvpx -b:v 10k -c:a libopus -b:a 8k $exact opus-video.webm
