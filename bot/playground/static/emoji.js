// Emoji by their Slack names: those that business messages use. Others stay as typed, as an unknown one does in Slack.

const NAMED = `
alarm_clock ⏰|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_up ⬆️|arrow_upper_right ↗️|arrow_lower_right ↘️
arrows_counterclockwise 🔄|bank 🏦|bar_chart 📊|beers 🍻|bell 🔔|birthday 🎂|blue_heart 💙|bookmark 🔖|books 📚|boom 💥
briefcase 💼|broken_heart 💔|bug 🐛|building_construction 🏗️|bulb 💡|busts_in_silhouette 👥|calendar 📅|date 📅
spiral_calendar_pad 🗓️|card_index 📇|chart 💹|chart_with_downwards_trend 📉|chart_with_upwards_trend 📈
checkered_flag 🏁|christmas_tree 🎄|clap 👏|clinking_glasses 🥂|champagne 🍾|clipboard 📋|clock1 🕐|clock3 🕒|clock9 🕘
closed_lock_with_key 🔐|coffee ☕|confetti_ball 🎊|construction 🚧|credit_card 💳|crown 👑|crystal_ball 🔮|dart 🎯
dollar 💵|euro 💶|pound 💷|yen 💴|door 🚪|earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|email 📧|e-mail 📧|envelope ✉️
exclamation ❗|heavy_exclamation_mark ❗|eyes 👀|fire 🔥|first_place_medal 🥇|second_place_medal 🥈|third_place_medal 🥉
gem 💎|gift 🎁|globe_with_meridians 🌐|grey_question ❔|handshake 🤝|heart ❤️|green_heart 💚|heavy_check_mark ✔️
heavy_minus_sign ➖|heavy_plus_sign ➕|hourglass ⌛|hourglass_flowing_sand ⏳|house 🏠|hugging_face 🤗|hundred 💯|100 💯
incoming_envelope 📨|information_source ℹ️|joy 😂|key 🔑|label 🏷️|large_blue_circle 🔵|large_green_circle 🟢
large_orange_circle 🟠|large_purple_circle 🟣|large_red_circle 🔴|large_yellow_circle 🟡|white_circle ⚪|black_circle ⚫
large_blue_square 🟦|large_green_square 🟩|large_orange_square 🟧|large_red_square 🟥|large_yellow_square 🟨
leftwards_arrow_with_hook ↩️|link 🔗|lock 🔒|unlock 🔓|loudspeaker 📢|mega 📣|mag 🔍|mailbox 📫|medal 🏅|sports_medal 🏅
memo 📝|pencil 📝|pencil2 ✏️|money_mouth_face 🤑|money_with_wings 💸|moneybag 💰|muscle 💪|new 🆕|no_bell 🔕|no_entry ⛔
no_entry_sign 🚫|office 🏢|ok 🆗|ok_hand 👌|outbox_tray 📤|inbox_tray 📥|package 📦|page_facing_up 📄|paperclip 📎
partying_face 🥳|phone ☎️|telephone ☎️|telephone_receiver 📞|iphone 📱|calling 📲|point_down 👇|point_left 👈
point_right 👉|point_up 👆|pray 🙏|pushpin 📌|round_pushpin 📍|question ❓|rainbow 🌈|raised_hand ✋|raised_hands 🙌
raising_hand 🙋|receipt 🧾|red_circle 🔴|relaxed ☺️|repeat 🔁|ribbon 🎀|rocket 🚀|rotating_light 🚨|satellite 📡
scales ⚖️|scroll 📜|seedling 🌱|shopping_trolley 🛒|shield 🛡️|slightly_smiling_face 🙂|smile 😄|smiley 😃|simple_smile 🙂
snail 🐌|snooze 💤|sparkles ✨|speech_balloon 💬|star ⭐|star2 🌟|stopwatch ⏱️|sunglasses 😎|sunny ☀️|tada 🎉|tea 🍵
thinking_face 🤔|thought_balloon 💭|thumbsdown 👎|-1 👎|thumbsup 👍|+1 👍|ticket 🎫|timer_clock ⏲️|triangular_flag_on_post 🚩
trophy 🏆|umbrella ☂️|warning ⚠️|wastebasket 🗑️|watch ⌚|wave 👋|white_check_mark ✅|ballot_box_with_check ☑️|wink 😉
wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|x ❌|zap ⚡|zzz 💤|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣
`;

const EMOJI = new Map(
  NAMED.trim().split(/[|\n]/).map((entry) => {
    const space = entry.indexOf(" ");
    return [entry.slice(0, space), entry.slice(space + 1)];
  }),
);

export function emoji(name) {
  return EMOJI.get(name.split("::")[0]) ?? `:${name}:`;
}

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}
