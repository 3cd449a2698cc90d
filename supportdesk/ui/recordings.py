"""What has been recorded and is not uploaded yet: files in the browser's own storage.

A recording is written as it is made, so that neither a lost line nor a page load nor a crash costs
more than its last moment, and no length of it takes memory. It goes once it is uploaded or given
up. Its name says whose it is, for which ticket, and when it began.
"""

from __future__ import annotations

import json

_FOLDER = "recordings"
# A file with nothing but its head has no picture in it.
_HEAD_BYTES = 1000
_KEPT_MS = 7 * 24 * 3600 * 1000
_PIECE_BYTES = 2**20

# Only a worker may write into a file in place; all other ways keep what they write apart until the
# file is closed, which a crash never does.
_WRITER = """
let file;
onmessage = async ({data: {handle, data, position}}) => {
  try {
    if (handle) file = await handle.createSyncAccessHandle();
    else if (!data) file.close();
    else if (file.write(data, {at: position}) < data.byteLength) throw new Error('full');
    postMessage('');
  } catch (error) {
    postMessage(String(error));
  }
};
"""

FILES = f"""
refs['recordings'] ??= (() => {{
  // A lock that lasts as long as this tab says that a file is no other tab's, and not left behind.
  const hold = (key) => new Promise((held) => navigator.locks.request(key, {{ifAvailable: true}},
    (lock) => lock ? new Promise((letGo) => held(letGo)) : held(null)));
  const folder = async () => (await navigator.storage.getDirectory())
    .getDirectoryHandle('{_FOLDER}', {{create: true}});
  const kept = async (key, letGo) => {{
    const at = await folder(), handle = await at.getFileHandle(key, {{create: true}});
    return {{key, handle, stays: true, read: () => handle.getFile(),
      drop: () => at.removeEntry(key).catch(() => {{}}).finally(letGo)}};
  }};
  const written = async (handle) => {{
    const worker = new Worker(URL.createObjectURL(
      new Blob([{json.dumps(_WRITER)}], {{type: 'text/javascript'}})));
    const have = (message) => new Promise((done, fail) => {{
      worker.onmessage = ({{data: error}}) => error ? fail(new Error(error)) : done();
      worker.onerror = fail;
      worker.postMessage(message);
    }}).catch((error) => {{
      worker.terminate();
      throw error;
    }});
    await have({{handle}});
    const end = () => have({{}}).finally(() => worker.terminate());
    return new WritableStream({{write: have, close: end, abort: end}});
  }};
  // Private windows may have no storage of their own; there it is the memory.
  const begin = async (key, {{StreamTarget, BufferTarget}}, pieces = {{}}) => {{
    try {{
      const file = await kept(key, await hold(key));
      return {{...file, to: new StreamTarget(await written(file.handle), pieces)}};
    }} catch {{
      const to = new BufferTarget();
      return {{key, to, drop: () => {{}}, stays: false, read: async () => new Blob([to.buffer])}};
    }}
  }};
  // What can end at any moment does not say how long it is, nor where each second begins. Without
  // these it still plays. The copy has no owner, so it goes before the original does.
  const finish = async (file) => {{
    const made = await file.read();
    let copy;
    const drop = () => {{ copy.drop(); file.drop(); }};
    try {{
      const writer = await import('mediabunny');
      copy = await begin(`_${{file.key}}`, writer, {{chunked: true, chunkSize: {_PIECE_BYTES}}});
      const source = new writer.BlobSource(made);
      const input = new writer.Input({{formats: [writer.WEBM], source}});
      const output = new writer.Output({{format: new writer.WebMOutputFormat(), target: copy.to}});
      const copying = await writer.Conversion.init({{input, output, copy: {{mode: 'forced'}}}});
      if (copying.discardedTracks.length) throw new Error();
      await copying.execute();
      return {{...file, drop, content: await copy.read()}};
    }} catch {{
      copy?.drop();
      return {{...file, content: made}};
    }}
  }};
  // None that another tab has. What is somebody else's waits for them, but not for ever.
  const leftBy = async (person) => {{
    const left = [];
    for await (const key of (await folder()).keys()) {{
      const [owner, place, at] = key.split('_');
      if (owner && owner !== person && Date.now() - at < {_KEPT_MS}) continue;
      const letGo = await hold(key);
      if (!letGo) continue;
      const file = await kept(key, letGo), {{size}} = await file.read();
      if (owner === person && +at && size > {_HEAD_BYTES}) left.push({{...file, place, at: +at}});
      else file.drop();
    }}
    return left.sort((one, other) => one.at - other.at);
  }};
  return {{begin, finish, leftBy}};
}})();
"""
