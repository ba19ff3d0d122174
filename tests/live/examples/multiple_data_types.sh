# Shell script to download all data types
API_KEY="hst_live_your_key_here"
ROOM_ID="room_abc123"
BASE_URL="https://api.hyperstudy.io/api/v3"

# Download events
curl -H "X-API-Key: $API_KEY" \
"$BASE_URL/data/events/room/$ROOM_ID?format=csv" \
> events.csv

# Download recordings
curl -H "X-API-Key: $API_KEY" \
"$BASE_URL/data/recordings/room/$ROOM_ID?format=csv" \
> recordings.csv

# Download chat
curl -H "X-API-Key: $API_KEY" \
"$BASE_URL/data/chat/room/$ROOM_ID?format=csv" \
> chat.csv

echo "Download complete!"
