# Get events for a specific participant in a room
curl -H "X-API-Key: hst_live_your_key_here" \
"https://api.hyperstudy.io/api/v3/data/events/participant/user_xyz789?roomId=room_abc123"
