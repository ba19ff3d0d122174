const response = await fetch(
'https://api.hyperstudy.io/api/v3/data/chat/room/room_abc123',
{ headers: { 'X-API-Key': API_KEY } }
);

const result = await response.json();
const messages = result.data;

messages.forEach(msg => {
console.log(`[${msg.onset/1000}s] ${msg.senderName}: ${msg.content}`);
});
