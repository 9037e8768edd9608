"""A participant with LiveKit's Python SDK, driven by test/support/python-peer.ts.

Each line of stdin is a call as JSON, ``{"id", "method", "params"}``, and is answered by a line on
stdout, ``{"id", "result"}`` or ``{"id", "error"}``, whenever it is done.
"""

import asyncio
import base64
import json
import sys
from collections import defaultdict, deque

import numpy as np
from livekit import rtc

# How long a colour or a tone may take. Whoever waits for it then hears what there was instead.
PATIENCE_S = 20
TOLERANCE = 30
SAMPLE_RATE = 48_000


def encoded(data: bytes) -> str:
    return base64.b64encode(bytes(data)).decode()


def decoded(text: str) -> bytes:
    return base64.b64decode(text)


async def patiently(what: str, look):
    """Waits for what ``look`` returns, which notes in its argument what there was instead."""
    last: list = []
    try:
        return await asyncio.wait_for(look(last), PATIENCE_S)
    except asyncio.TimeoutError:
        raise AssertionError(f"It was never {what}; last was {last}.") from None


class Arrivals:
    """What came from the room, by kind, until somebody asks for it."""

    def __init__(self) -> None:
        self._came: dict[str, deque] = defaultdict(deque)
        self._waiting: dict[str, deque] = defaultdict(deque)

    def add(self, kind: str, **what) -> None:
        if self._waiting[kind]:
            self._waiting[kind].popleft().set_result(what)
        else:
            self._came[kind].append(what)

    async def next(self, kind: str):
        if self._came[kind]:
            return self._came[kind].popleft()
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[kind].append(waiter)
        return await waiter


class Peer:
    def __init__(self) -> None:
        self._room = rtc.Room()
        self._arrivals = Arrivals()
        # What goes on until we leave: sources of media, readers.
        self._tasks: set[asyncio.Task] = set()
        # Streams that were begun and are not to end.
        self._kept: list = []

    def _go_on(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def join(self, url: str, token: str, key: str | None = None, **_) -> None:
        self._room = rtc.Room()
        self._arrivals = Arrivals()
        self._listen()
        options = rtc.RoomOptions()
        if key is not None:
            # As livekit-client does: who has the wrong key is told, and may be given the right one.
            keys = rtc.KeyProviderOptions(
                shared_key=key.encode(), ratchet_window_size=0, failure_tolerance=-1
            )
            options.encryption = rtc.E2EEOptions(key_provider_options=keys)
        await self._room.connect(url, token, options)
        self._answer()

    async def leave(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        self._kept.clear()
        await self._room.disconnect()

    async def wait_for_participant(self, identity: str) -> None:
        """Returns once the server has told of somebody."""
        while identity not in self._room.remote_participants:
            await asyncio.sleep(0.02)

    async def set_key(self, key: str) -> None:
        self._room.e2ee_manager.key_provider.set_shared_key(key.encode(), 0)

    def _listen(self) -> None:
        room, arrivals = self._room, self._arrivals

        @room.on("data_received")
        def on_data(packet: rtc.DataPacket) -> None:
            sender = packet.participant.identity if packet.participant else None
            kind = "ping" if packet.topic == "ping" else "data"
            arrivals.add(kind, bytes=encoded(packet.data), topic=packet.topic, **{"from": sender})

        @room.on("disconnected")
        def on_disconnected(reason) -> None:
            arrivals.add("disconnected", reason=reason)

        @room.on("data_track_published")
        def on_data_track(track: rtc.RemoteDataTrack) -> None:
            self._go_on(self._read_data_track(track))

        def on_text(reader: rtc.TextStreamReader, sender: str) -> None:
            self._go_on(self._read_text(reader, sender))

        def on_bytes(reader: rtc.ByteStreamReader, sender: str) -> None:
            self._go_on(self._read_bytes(reader, sender))

        room.register_text_stream_handler("text", on_text)
        room.register_byte_stream_handler("bytes", on_bytes)

    def _answer(self) -> None:
        """What others may ask of us."""
        local = self._room.local_participant

        @local.register_rpc_method("echo")
        async def echo(call: rtc.RpcInvocationData) -> str:
            return f"{call.caller_identity}: {call.payload}"

        @local.register_rpc_method("size")
        async def size(call: rtc.RpcInvocationData) -> str:
            return str(len(call.payload))

        @local.register_rpc_method("refuse")
        async def refuse(call: rtc.RpcInvocationData) -> str:
            raise rtc.RpcError(4001, "refused", "because")

        @local.register_rpc_method("break")
        async def break_(call: rtc.RpcInvocationData) -> str:
            raise ValueError("A secret of the program.")

        @local.register_rpc_method("never")
        async def never(call: rtc.RpcInvocationData) -> str:
            await asyncio.Event().wait()
            return ""

    async def _read_text(self, reader: rtc.TextStreamReader, sender: str) -> None:
        info = reader.info
        try:
            text = await reader.read_all()
        except rtc.StreamError as error:
            text = {"error": str(error)}
        self._arrivals.add(
            "text", text=text, topic=info.topic, attributes=info.attributes, **{"from": sender}
        )

    async def _read_bytes(self, reader: rtc.ByteStreamReader, sender: str) -> None:
        info = reader.info
        data, error = bytearray(), {}
        try:
            async for chunk in reader:
                data += chunk
        except rtc.StreamError as problem:
            error = {"error": str(problem)}
        self._arrivals.add(
            "bytes",
            bytes=encoded(data),
            topic=info.topic,
            name=info.name,
            mimeType=info.mime_type,
            size=info.size,
            attributes=info.attributes,
            **{"from": sender},
            **error,
        )

    async def _read_data_track(self, track: rtc.RemoteDataTrack) -> None:
        async for frame in track.subscribe():
            self._arrivals.add(
                "frame",
                bytes=encoded(frame.payload),
                name=track.info.name,
                **{"from": track.publisher_identity},
            )

    async def next(self, kind: str):
        return await self._arrivals.next(kind)

    # Media

    async def publish_video(self, color, codec="vp8", metadata=None) -> None:
        width, height = 320, 180
        source = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track("picture", source)
        pixels = bytes([*color, 255]) * (width * height)
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, pixels)
        along = metadata and rtc.FrameMetadata(
            user_timestamp=metadata["captureTimeUs"], user_data=decoded(metadata["userData"])
        )
        source.capture_frame(frame)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            simulcast=False,
            video_codec=rtc.VideoCodec.Value(codec.upper()),
            frame_metadata_features=[0, 1, 2] if metadata else [],
        )
        await self._room.local_participant.publish_track(track, options)

        async def paint() -> None:
            frame_id = 0
            while True:
                if along:
                    along.frame_id = frame_id = frame_id + 1
                source.capture_frame(frame, metadata=along)
                await asyncio.sleep(1 / 30)

        self._go_on(paint())

    async def publish_tone(self, frequency) -> None:
        source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=100)
        track = rtc.LocalAudioTrack.create_audio_track("tone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(track, options)

        async def sing() -> None:
            count, at = SAMPLE_RATE // 50, 0
            while True:
                phase = 2 * np.pi * frequency * (at + np.arange(count)) / SAMPLE_RATE
                samples = (8_000 * np.sin(phase)).astype(np.int16)
                at += count
                await source.capture_frame(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE, 1, count))

        self._go_on(sing())

    async def _track_of(self, identity: str, kind):
        while True:
            someone = self._room.remote_participants.get(identity)
            for publication in someone.track_publications.values() if someone else ():
                if publication.kind == kind and publication.track:
                    return publication.track
            await asyncio.sleep(0.02)

    async def _frames(self, identity: str):
        track = await self._track_of(identity, rtc.TrackKind.KIND_VIDEO)
        stream = rtc.VideoStream(track, capacity=1, format=rtc.VideoBufferType.RGBA)
        try:
            async for event in stream:
                yield event
        finally:
            await stream.aclose()

    async def _samples(self, identity: str):
        track = await self._track_of(identity, rtc.TrackKind.KIND_AUDIO)
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1)
        try:
            async for event in stream:
                yield event.frame.data.tobytes()
        finally:
            await stream.aclose()

    async def until_color(self, color, **params):
        async def look(last: list):
            async for event in self._frames(params["from"]):
                frame = event.frame
                shape = (frame.height, frame.width, 4)
                pixels = np.frombuffer(frame.data, np.uint8).reshape(shape)
                last[:] = pixels[:, :, :3].mean(axis=(0, 1)).round().tolist()
                if max(abs(a - b) for a, b in zip(last, color)) <= TOLERANCE:
                    return {"color": last, "width": frame.width, "height": frame.height}

        return await patiently(f"of the colour {color}", look)

    async def sees_nothing(self, ms, **params) -> bool:
        async def look() -> None:
            async for _ in self._frames(params["from"]):
                return

        try:
            await asyncio.wait_for(look(), ms / 1000)
            return False
        except asyncio.TimeoutError:
            return True

    async def next_metadata(self, **params):
        async def look(_last: list):
            async for event in self._frames(params["from"]):
                found = event.metadata
                if found is None:
                    continue
                user_data = found.user_data
                return {
                    "captureTimeUs": found.user_timestamp,
                    "frameId": found.frame_id,
                    **({"userData": encoded(user_data)} if user_data else {}),
                }

        return await patiently("a frame with metadata", look)

    async def until_tone(self, frequency, **params):
        async def listen(last: list):
            window = bytearray()
            async for samples in self._samples(params["from"]):
                window += samples
                # A fifth of a second: 5 Hz for each bin.
                if len(window) < 2 * SAMPLE_RATE // 5:
                    continue
                wave = np.frombuffer(bytes(window), np.int16)
                window.clear()
                spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
                loudest = int(spectrum.argmax())
                last[:] = [loudest * SAMPLE_RATE / len(wave) if spectrum[loudest] > 1e5 else 0]
                if abs(last[0] - frequency) <= frequency * 0.02:
                    return last[0]

        return await patiently(f"a tone of {frequency} Hz", listen)

    # Data

    async def publish_data(self, to=(), topic="", reliable=True, **params) -> None:
        await self._room.local_participant.publish_data(
            decoded(params["bytes"]), reliable=reliable, destination_identities=[*to], topic=topic
        )

    async def send_text(self, text, to=None, topic="text", attributes=None) -> None:
        await self._room.local_participant.send_text(
            text, topic=topic, destination_identities=to, attributes=attributes
        )

    async def send_bytes(
        self, name, mimeType, to=None, topic="bytes", attributes=None, **params
    ) -> None:
        data = decoded(params["bytes"])
        writer = await self._room.local_participant.stream_bytes(
            name,
            topic=topic,
            mime_type=mimeType,
            total_size=len(data),
            destination_identities=to,
            attributes=attributes,
        )
        await writer.write(data)
        await writer.aclose()

    async def begin_bytes(self, name, topic="bytes", **params) -> None:
        writer = await self._room.local_participant.stream_bytes(name, topic=topic)
        await writer.write(decoded(params["bytes"]))
        self._kept.append(writer)

    async def perform_rpc(self, to, method, payload=""):
        try:
            response = await self._room.local_participant.perform_rpc(
                destination_identity=to, method=method, payload=payload
            )
            return {"response": response}
        except rtc.RpcError as error:
            return {
                "error": {
                    "code": int(error.code),
                    "message": error.message,
                    **({"data": error.data} if error.data else {}),
                }
            }

    async def publish_data_track(self, name, **params) -> None:
        track = await self._room.local_participant.publish_data_track(name=name)
        frame = rtc.DataTrackFrame(payload=decoded(params["bytes"]))

        async def push() -> None:
            # Nobody says who has subscribed, and a frame that comes before is lost.
            while True:
                track.try_push(frame)
                await asyncio.sleep(0.02)

        self._go_on(push())


def snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


async def main() -> None:
    peer = Peer()
    lines = asyncio.StreamReader(limit=2**26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    running: set[asyncio.Task] = set()

    async def answer(call: dict) -> None:
        try:
            result = {"result": await getattr(peer, snake(call["method"]))(**call["params"])}
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"id": call["id"], **result}), flush=True)

    # Calls overlap: one that waits for a colour doesn't keep others from being made.
    async for line in lines:
        task = asyncio.create_task(answer(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    await peer.leave()


asyncio.run(main())
